import { describe, expect, test } from "vitest";
import { burnStage } from "../../../agent/stages/burn.ts";
import type { CommandResult, RunCommand } from "../../../agent/tools/command.ts";
import { judgeStage } from "../../../contract/verdict.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { type Answer, answering, fixture, hostTree } from "../fixture-host.ts";
import { HEALTHY, procFiles, stressHost } from "./stress-host.ts";

const params = { seconds: 1, settleSeconds: 0 };
const inventory = {
  ...emptyInventory,
  disks: [
    {
      ...{ name: "loop0", byId: null, model: "M", serial: "S", wwn: null, slot: null, inUse: null },
      ...{ sizeBytes: 1e9, transport: "virtio", rotational: false },
    },
  ],
  nics: [
    {
      ...{ name: "va2", mac: null, driver: "veth", speedMbps: null, maxSpeedMbps: null },
      ...{ carrier: true, pciAddress: null, model: null },
    },
  ],
};
const bytes = (key: string) =>
  (JSON.parse(fixture("iperf3/both.json")) as { end: Record<string, { bytes: number }> }).end[key]
    ?.bytes ?? 0;

/**
 * A host whose stress tools all run until `endAll` or until their signal aborts, as real ones do; a part
 * named in `early` ends at once with its answer.
 */
function burning(early: Readonly<Record<string, Answer>> = {}) {
  const texts: Record<string, string> = { ...procFiles() };
  texts["/proc/net/dev"] = "  va2: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n";
  const table = answering({
    ...HEALTHY,
    iperf3: fixture("iperf3/both.json"),
  });
  const together = new Set<string>();
  let most = 0;
  let release = () => {};
  const all = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run: RunCommand = async (tool, args, options) => {
    const part = partOf(tool, args);
    if (part === null) return table(tool, args, options);
    together.add(part);
    most = Math.max(most, together.size);
    const failing = early[part];
    if (failing !== undefined) {
      together.delete(part);
      return { ...(await answering({ [tool]: failing })(tool, args)), elapsedS: 0 };
    }
    if (together.size + Object.keys(early).length >= 4 && Object.keys(early).length === 0)
      release();
    const signal = options?.signal;
    const aborted = new Promise<"aborted">((resolve) => {
      if (signal?.aborted) resolve("aborted");
      signal?.addEventListener("abort", () => resolve("aborted"));
    });
    const how = await Promise.race([all, aborted]);
    const result = await table(tool, args, options);
    if (part === "network") {
      const received = bytes("sum_received_bidir_reverse");
      const sent = bytes("sum_received");
      texts["/proc/net/dev"] = `  va2: ${received + 1} 1 0 0 0 0 0 0 ${sent + 1} 1 0 0 0 0 0 0\n`;
    }
    return how === "aborted" ? ended(result) : result;
  };
  const host = stressHost<"Burn">(
    params,
    {},
    {
      run,
      files: hostTree(texts),
      inventory,
      claim: { spec: null, networkPeer: { host: "10.77.0.2", port: 5201 } },
    },
  );
  return { host, most: () => most };
}

function partOf(tool: string, args: readonly string[]): string | null {
  if (tool === "fio") return "disks";
  if (tool === "iperf3") return "network";
  if (tool === "stress-ng" && args.includes("--cpu")) return "cpu";
  return tool === "stress-ng" && args.includes("--vm") ? "ram" : null;
}

function ended(result: CommandResult): CommandResult {
  return { ...result, outcome: "aborted", exitCode: null, stdout: "", stderr: "" };
}

describe("everything at once", () => {
  test("all four parts run at the same time and each brings its proof", async () => {
    const { host, most } = burning();
    const report = await burnStage.run(host.ctx);
    expect(most()).toBe(4);
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.proof?.map(({ what }) => what)).toEqual([
      "cpu",
      "ram",
      "disk loop0 random read",
      "nic va2 send",
      "nic va2 receive",
    ]);
    expect(report.summary).toContain("(read-only)");
    const judged = judgeStage({ stage: "Burn", proof: [], measurements: [], ...report }, []);
    expect(judged.objection).toBeNull();
  });

  test("memory is capped by the same rule", async () => {
    const { host } = burning();
    await burnStage.run(host.ctx);
    expect(host.log.join("\n")).toContain("0.3 GiB of memory");
  });
});

describe("one part that fails ends the burn", () => {
  test.each([
    ["ram", { stderr: fixture("stress-ng/worker-killed.txt"), exitCode: 2 }, "ram failed"],
    ["disks", { stdout: fixture("fio/read-eio.stdout.txt"), exitCode: 1 }, "disks (loop0) failed"],
  ] as const)("%s: the report says which and when", async (part, answer, words) => {
    const { host } = burning({ [part]: answer });
    const report = await burnStage.run(host.ctx);
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toMatch(
      new RegExp(`${words.replace(/[()]/g, "\\$&")} \\d+ s into the burn`),
    );
    // The parts that were ended with it bring no proof of a whole burn.
    expect(report.proof?.map(({ what }) => what)).not.toContain("cpu");
  });

  test("a tool that is not there is an error", async () => {
    const { host } = burning({ network: { outcome: "tool-missing" } });
    const report = await burnStage.run(host.ctx);
    expect(report).toMatchObject({ status: "error", result: "not_applicable" });
    expect(report.reason).toContain("iperf3 is not installed.");
  });
});

test("a disk that the host does not let the agent open is a gap, and the summary does not count it", async () => {
  const host = stressHost<"Burn">(
    params,
    { fio: { stdout: fixture("fio/one-forbidden.stdout.txt"), exitCode: 1 } },
    { inventory: { ...inventory, disks: inventory.disks.map((one) => ({ ...one, name: "vda" })) } },
  );
  const report = await burnStage.run(host.ctx);
  expect(report).toMatchObject({ status: "complete", result: "pass" });
  expect(report.summary).toContain("no disk");
  expect(report.gaps).toContainEqual(
    expect.objectContaining({ what: "disk vda in Burn", absent: false }),
  );
});

test("what is not there to burn is listed", async () => {
  const host = stressHost<"Burn">(params, {}, { inventory: emptyInventory });
  const report = await burnStage.run(host.ctx);
  expect(report).toMatchObject({ status: "complete", result: "pass" });
  expect(report.gaps).toMatchObject([
    { what: "disks in Burn", absent: true },
    { what: "network in Burn", absent: true },
  ]);
});
