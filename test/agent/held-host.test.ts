// biome-ignore-all lint/correctness/noComponentHookFactories: stages are no React components.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRig, eventually, fakeRun, PASSED, type Rig, stages } from "./agent-rig.ts";

const BOOT_TOKEN = "boot-token-0001";
const RUN_TOKEN = "run-token-0123456789";
/** What a tool might quote: the kernel command line, and a request of ours. */
const LEAK = `vetting.boot=${BOOT_TOKEN} Bearer ${RUN_TOKEN} alone ${RUN_TOKEN} and ${BOOT_TOKEN}`;
const FINGERPRINT = `SHA256:${"a".repeat(43)}`;
const ADDRESS = JSON.stringify([
  { ifname: "eth0", addr_info: [{ family: "inet", local: "10.0.0.7", scope: "global" }] },
]);

function programs(calls: string[]) {
  return fakeRun(calls, {
    dmesg: () => ({ stdout: `Command line: quiet ${LEAK}\n` }),
    ip: ([first]) => ({ stdout: first === "-j" ? ADDRESS : `1: lo ${LEAK}\n` }),
    "ssh-keygen": ([option]) =>
      option === "-l" ? { stdout: `256 ${FINGERPRINT} x (ED25519)` } : {},
    fio: () => ({ stdout: LEAK, stderr: LEAK }),
    ...{ systemctl: () => ({}), wall: () => ({}), stty: () => ({ stdout: "40 130\n" }) },
  });
}

/** The last stage tried fails once, and everything that it says holds the tokens. */
function failingOnce() {
  let attempts = 0;
  return stages({
    Storage: async (ctx) => {
      attempts += 1;
      if (attempts > 1) return PASSED;
      await ctx.run("fio", [LEAK]);
      ctx.log("warn", LEAK);
      await ctx.postEvidence({
        kind: "tool-output",
        name: "fio.json",
        text: LEAK,
        truncated: false,
      });
      const blame = [{ part: "Bay 3", slot: LEAK, serial: LEAK, model: LEAK }];
      return { status: "complete", result: "fail", summary: LEAK, reason: `Bad: ${LEAK}`, blame };
    },
  });
}

function live(rig: Rig) {
  // A regular file stands for the console: it keeps what was painted last.
  writeFileSync(rig.places.monitor, "");
  rig.console.sshKeys = ["ssh-ed25519 AAAA bench"];
  const calls: string[] = [];
  const agent = rig.start({
    config: { liveImage: true },
    run: programs(calls),
    stages: failingOnce(),
  });
  return { agent, calls, monitor: () => readFileSync(rig.places.monitor, "utf8") };
}

/** Every file under a folder with its text. */
function filesUnder(folder: string): { path: string; text: string }[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory()
      ? filesUnder(path)
      : [{ path, text: readFileSync(path, "utf8") }];
  });
}

test("a held host says how to get in, shows why it holds, and is closed again by an override", async () => {
  const rig = await createRig();
  const { console, places, stateDir } = rig;
  const { agent, calls, monitor } = live(rig);
  await eventually(() => console.access).toEqual({
    user: "root",
    addresses: ["10.0.0.7"],
    port: 22,
    hostKeyFingerprint: FINGERPRINT,
  });
  await eventually(monitor).toContain("ssh root@10.0.0.7");
  expect(monitor()).toContain("vet-07");
  expect(monitor()).toContain("Storage failed; the run holds. Bad: ");
  const greeting = readFileSync(places.motd, "utf8");
  expect(greeting).toContain(`${stateDir}/evidence/Storage/`);
  expect(greeting).toContain("dmesg.txt fio.json interfaces.txt");
  // What an investigator finds was captured before the door was opened.
  expect(calls.indexOf("dmesg ")).toBeLessThan(
    calls.indexOf("systemctl start vetting-sshd.service"),
  );

  console.override();
  await agent.exitCode;
  expect(console.state).toBe("Passed");
  expect(console.access).toBeNull();
  expect(calls).toContain("systemctl stop vetting-sshd.service");
  expect(readFileSync(places.motd, "utf8")).toBe("");
  expect(monitor()).toContain("PASSED WITH GAPS");
  expect(monitor()).toContain("The host powers off.");
});

test("no token reaches log, evidence, greeting, monitor, journal, or anything else that leaves the agent", async () => {
  const rig = await createRig();
  const { console, places, stateDir, printed } = rig;
  const { monitor } = live(rig);
  await eventually(() => console.access).not.toBeNull();
  await eventually(monitor).toContain("ssh root@10.0.0.7");
  const posts = console.seen.filter(({ path }) => path !== "claim");
  // The record of the claim is what a restarted agent claims with.
  const files = filesUnder(stateDir).filter(({ path }) => !path.endsWith("run.json"));
  const places_: Record<string, string> = {
    posts: JSON.stringify(posts.map(({ body }) => body as unknown)),
    files: JSON.stringify(files),
    greeting: readFileSync(places.motd, "utf8"),
    monitor: monitor(),
    journal: printed.join("\n"),
  };
  for (const [where, text] of Object.entries(places_)) {
    expect(text, where).toContain("[redacted]");
    expect(text, where).not.toContain(BOOT_TOKEN);
    expect(text, where).not.toContain(RUN_TOKEN);
  }
  expect(files.map(({ path }) => path)).toContain(join(stateDir, "evidence/Storage/fio.json"));
});

test("a cancel from a hold is on the monitor, with what the host does", async () => {
  const rig = await createRig();
  const { agent, monitor } = live(rig);
  await eventually(() => rig.console.access).not.toBeNull();
  rig.console.cancel();
  await agent.exitCode;
  expect(monitor()).toContain("The operator cancelled the run.");
  expect(monitor()).toContain("The host reboots into its own system.");
});

test("outside the live image there is no monitor, no evidence on the host, no way in", async () => {
  const rig = await createRig();
  writeFileSync(rig.places.monitor, "");
  rig.console.sshKeys = ["ssh-ed25519 AAAA bench"];
  const calls: string[] = [];
  rig.start({ run: programs(calls), stages: failingOnce() });
  await eventually(() => rig.console.state).toBe("FailedHolding");
  const beats = rig.console.posts("heartbeat").length;
  await eventually(() => rig.console.posts("heartbeat").length).toBeGreaterThan(beats + 3);
  expect(rig.console.access).toBeNull();
  expect(readFileSync(rig.places.monitor, "utf8")).toBe("");
  expect(readdirSync(rig.stateDir)).not.toContain("evidence");
  expect(calls.filter((call) => /systemctl|ssh-keygen|stty/.test(call))).toEqual([]);
});
