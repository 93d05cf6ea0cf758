import { describe, expect, test } from "vitest";
import { STAGES, type StageName } from "../../../contract/stages.ts";
import type { Answer } from "../fixture-host.ts";
import { runWith } from "./fault-host.ts";

/** A host that lacks nothing: each stage passes on it, or the rows below would prove nothing. */
const SPEC = { spec: { name: "bench", expect: { disks: 1 }, firmware: [] }, networkPeer: null };
describe("a healthy host", () => {
  test.each(STAGES.map((stage) => [stage] as const))("%s passes", async (stage) => {
    const context = stage === "SpecValidate" ? { claim: SPEC, firmware: [] } : {};
    const { report, result } = await runWith(stage, { context });
    expect(report.reason ?? "").toBe("");
    expect(result).toBe("pass");
  });
});

/** How any program can let its caller down. */
const FAILURES: Readonly<Record<string, Answer>> = {
  "is missing": { outcome: "tool-missing" },
  "cannot be started": { outcome: "spawn-failed", stderr: "EACCES" },
  "exits 0 and says nothing": {},
  "exits 1 and says nothing": { exitCode: 1 },
  "says only blanks": { stdout: " \n\n" },
  "exits 0 with failure text on stdout": { stdout: "fatal error: device not ready\n" },
  "exits 0 with failure text on stderr": { stderr: "fatal error: device not ready\n" },
  "prints an empty object": { stdout: "{}" },
  "prints an empty list": { stdout: "[]" },
  "prints JSON cut off": { stdout: '{"jobs": [{"jobname": "loop0", "err' },
  "prints garbage": { stdout: "\u0000\u0007\uFFFD%%% 17 <html>" },
  "is killed by a signal": { outcome: "signalled", stdout: "{" },
  hangs: { outcome: "timed-out" },
};

/** The tools without which a stage has exercised nothing. */
const NEEDED: readonly (readonly [StageName, string])[] = [
  ["Inventory", "lscpu"],
  ["SMART", "lsblk"],
  ["SMART", "smartctl"],
  ["CPUStress", "stress-ng"],
  ["Storage", "fio"],
  ["Network", "iperf3"],
  ["Network", "ip"],
  ["Burn", "stress-ng"],
  ["Burn", "fio"],
  ["Burn", "iperf3"],
  ["GPU", "nvidia-smi"],
  ["GPU", "gpu_burn"],
  ["PSU", "ipmitool sdr elist all"],
];
/** Those that only add to what a stage knows: it passes, and the run says what is missing. */
const SAID: readonly (readonly [StageName, string, RegExp])[] = [
  ["Inventory", "lsblk", /lsblk|disk/i],
  ["Inventory", "lspci", /lspci/],
  ["Inventory", "ip", /\bip\b/],
  ["Inventory", "dmidecode", /dmidecode/],
  ["Firmware", "dmidecode", /bios/i],
  ["CPUStress", "dmesg", /kernel log/],
  ["Storage", "dmesg", /kernel log/],
  ["Storage", "smartctl", /SMART of loop0 under load/],
  ["Network", "dmesg", /kernel log/],
  ["Burn", "dmesg", /kernel log/],
  ["GPU", "dmesg", /kernel log/],
  ["PSU", "ipmitool sel info", /BMC event log/],
];

describe("never a pass without the tool that does the work", () => {
  test.each(
    NEEDED.flatMap(([stage, tool]) =>
      Object.entries(FAILURES).map(([how, answer]) => [stage, tool, how, answer] as const),
    ),
  )("%s: %s %s", async (stage, tool, _how, answer) => {
    const texts = { "/sys/bus/pci/devices/0000:00:00.0/vendor": "0x8086\n" };
    const { report, result } = await runWith(stage, { answers: { [tool]: answer }, texts });
    expect(result).not.toBe("pass");
    expect(report.reason ?? "").not.toBe("");
    if (report.status === "skipped") expect(report.gaps).not.toEqual([]);
  });
});

describe("never a part dropped in silence", () => {
  test.each(
    SAID.flatMap(([stage, tool, words]) =>
      Object.entries(FAILURES).map(([how, answer]) => [stage, tool, how, words, answer] as const),
    ),
  )("%s: %s %s", async (stage, tool, how, words, answer) => {
    const texts = {
      "/sys/bus/pci/devices/0000:00:00.0/vendor": "0x8086\n",
      "/sys/block/sda/size": "1000\n",
    };
    const { report } = await runWith(stage, { answers: { [tool]: answer }, texts });
    const gaps = (report.gaps ?? []).filter(({ absent }) => !absent);
    const said = gaps.map(({ what, why }) => `${what}: ${why}`).join("\n");
    expect(`${how}: ${said} ${report.reason ?? ""}`).toMatch(words);
  });
});

test("a stage whose signal has fired claims nothing", async () => {
  const stop = new AbortController();
  stop.abort();
  for (const stage of STAGES.filter((one) => !["SpecValidate", "PSU", "Reporting"].includes(one))) {
    const answers = Object.fromEntries(
      ["stress-ng", "fio", "iperf3", "gpu_burn", "nvidia-smi", "smartctl", "lsblk", "ip"].map(
        (tool) => [tool, { outcome: "aborted" as const }],
      ),
    );
    const { result } = await runWith(stage, { answers, context: { signal: stop.signal } });
    expect([stage, result]).toEqual([stage, "not_applicable"]);
  }
});
