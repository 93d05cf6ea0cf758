import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HostAccessDoor } from "../../agent/host-access.ts";
import { sshAnswers } from "../../agent/ssh-banner.ts";
import type { RunCommand } from "../../agent/tools/command.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { createRunCommand } from "../../agent/tools/run-command.ts";
import { lookPath } from "../../build/test-tools.ts";
import { eventually, fakeRun } from "./agent-rig.ts";

/**
 * The real sshd with the agent's own configuration, in a network namespace of the test's own. systemd is stood in
 * for: it starts what the unit names, and stops it.
 */
const SPACE = `vetting-ssh-${process.pid}`;
const ADDRESS = "10.77.0.1";
const has = (tool: string) => lookPath(tool, process.env.PATH ?? "") !== null;
const able = process.getuid?.() === 0 && ["sshd", "ssh", "ip"].every(has);
if (!able) console.warn("Logging in by SSH is not tried: it needs root, sshd, ssh and ip.");

const exec = promisify(execFile);
/** sshd wants its keys below folders that only root may write to, which /tmp is not. */
const folder = able ? mkdtempSync("/run/vetting-ssh-test-") : "";
const unitFolder = join(folder, "units");
let sshd: ChildProcess | null = null;

function key(name: string): string {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path]);
  return path;
}

/** How an ssh client fares: its exit code and its last words. */
async function ssh(...options: readonly string[]): Promise<{ code: number; words: string }> {
  const common = ["-F", "none", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=5"];
  const unasked = ["-o", "StrictHostKeyChecking=no", "-o", "NumberOfPasswordPrompts=1"];
  const args = [...common, ...unasked, ...options, `root@${ADDRESS}`, "echo inside"];
  try {
    const { stdout } = await exec("ip", ["netns", "exec", SPACE, "ssh", ...args], {
      env: { PATH: process.env.PATH, SSH_ASKPASS_REQUIRE: "force", SSH_ASKPASS: "/bin/true" },
    });
    return { code: 0, words: stdout.trim() };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, words: stderr };
  }
}
const withKey = (path: string) => ["-i", path, "-o", "IdentitiesOnly=yes"];

async function answers(): Promise<boolean> {
  const { words } = await ssh("-o", "PreferredAuthentications=none");
  return words.includes("Permission denied");
}

/** Everything as on the host, but in the namespace, and without systemd. */
const run: RunCommand = async (tool, args, options) => {
  const real = createRunCommand({ owner: SPACE });
  const fake = fakeRun([], { systemctl: () => ({}), wall: () => ({}), usermod: () => ({}) });
  if (tool === "ip") return real("ip", ["-n", SPACE, ...args], options);
  if (tool !== "systemctl")
    return tool === "ssh-keygen" ? real(tool, args, options) : fake(tool, args);
  const [verb] = args;
  if (verb === "start") {
    const unit = readFileSync(join(unitFolder, "vetting-sshd.service"), "utf8");
    const command = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    sshd ??= spawn("ip", ["netns", "exec", SPACE, ...command], { stdio: "ignore" });
  }
  if (verb === "stop") await stopSshd();
  return fake(tool, args);
};

async function stopSshd(): Promise<void> {
  const running = sshd;
  sshd = null;
  if (running === null || running.exitCode !== null) return;
  const ended = new Promise((resolve) => running.once("exit", resolve));
  running.kill("SIGTERM");
  await ended;
}

describe.runIf(able)("SSH into a held host", () => {
  let operator = "";
  let stranger = "";
  let door: HostAccessDoor;

  beforeAll(() => {
    // What lies there is put over /etc inside the namespace [ip-netns(8)].
    mkdirSync(`/etc/netns/${SPACE}`, { recursive: true });
    writeFileSync(`/etc/netns/${SPACE}/motd`, "This host is held\n");
    execFileSync("ip", ["netns", "add", SPACE]);
    execFileSync("ip", ["-n", SPACE, "link", "set", "lo", "up"]);
    execFileSync("ip", ["-n", SPACE, "address", "add", `${ADDRESS}/32`, "dev", "lo"]);
    operator = key("operator");
    stranger = key("stranger");
    door = new HostAccessDoor({
      run,
      files: createHostFiles(),
      stateDir: join(folder, "state"),
      mac: "52:54:00:12:34:56",
      sshKeys: [readFileSync(`${operator}.pub`, "utf8").trim()],
      unitFolder,
      sshAnswers: async () => {
        await eventually(answers).toBe(true);
        return true;
      },
      farewellMs: 1,
      log: () => {},
    });
  });

  afterAll(async () => {
    await stopSshd();
    execFileSync("ip", ["netns", "delete", SPACE]);
    rmSync(`/etc/netns/${SPACE}`, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
  });

  test("outside a hold the port is closed", async () => {
    expect((await ssh(...withKey(operator))).words).toContain("Connection refused");
  });

  test("on a hold the operator's key is let in, with the fingerprint that was posted; nothing else is", async () => {
    const login = await door.open();
    if (login.kind !== "open") throw new Error(JSON.stringify(login));
    expect(login.access.addresses).toEqual([ADDRESS]);
    expect(await ssh(...withKey(operator))).toEqual({ code: 0, words: "inside" });

    const scanned = await exec("ip", ["netns", "exec", SPACE, "ssh-keyscan", ADDRESS]);
    writeFileSync(join(folder, "scanned"), scanned.stdout);
    const listed = await exec("ssh-keygen", ["-l", "-f", join(folder, "scanned")]);
    expect(listed.stdout.trim().split("\n")).toHaveLength(1);
    expect(listed.stdout).toContain(login.access.hostKeyFingerprint);

    expect((await ssh(...withKey(stranger))).words).toContain("Permission denied (publickey).");
    const password = ["-o", "PubkeyAuthentication=no"];
    expect((await ssh(...password)).words).toContain("Permission denied (publickey).");
  });

  test("the shell begins with the greeting", async () => {
    await door.open();
    const shell = promisify(execFile)("ip", [
      ...["netns", "exec", SPACE, "ssh", "-tt", "-F", "none", ...withKey(operator)],
      ...["-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no"],
      `root@${ADDRESS}`,
    ]);
    shell.child.stdin?.end("exit\n");
    const { stdout } = await shell.catch((error: unknown) => error as { stdout: string });
    expect(stdout).toContain("This host is held");
  });

  test("an agent that was restarted on the hold finds the same host key", async () => {
    const [first, second] = [await door.open(), await door.open()];
    expect(second).toEqual(first);
  });

  test("after the hold nobody is let in any more, with no key", async () => {
    await door.open();
    await door.close();
    expect((await ssh(...withKey(operator))).words).toContain("Connection refused");
  });
});

describe("is sshd there?", () => {
  test.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", true],
    ["220 mail ready\r\n", false],
  ])("%j: %s", async (banner, expected) => {
    const server = createServer((socket) => socket.end(banner));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    onTestFinished(() => void server.close());
    expect(await sshAnswers((server.address() as { port: number }).port, 300)).toBe(expected);
  });
});
