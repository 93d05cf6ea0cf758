import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SessionLedger } from "../../agent/leftovers.ts";
import { groupIsAlive, markedProcesses } from "../../agent/tools/process-group.ts";
import { eventually, temporaryFolder } from "./agent-rig.ts";

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("what a shot agent left running is ended, though its environment is hidden", async () => {
  const stateDir = temporaryFolder();
  const agent = start(process.execPath, [join(import.meta.dirname, "shot-agent.ts"), stateDir]);
  const [line] = (await once(agent.stdout!, "data")) as [Buffer];
  const session = Number(line.toString());
  agent.kill("SIGKILL");
  await once(agent, "exit");
  expect(groupIsAlive(session)).toBe(true);
  expect(markedProcesses("shot-agent")).not.toContain(session);

  expect(new SessionLedger(stateDir).endLeftovers()).toBe(2);
  await eventually(() => groupIsAlive(session)).toBe(false);
  expect(new SessionLedger(stateDir).endLeftovers()).toBe(0);
});

test("a number that was given to somebody else in the meantime is left alone", async () => {
  const stateDir = temporaryFolder();
  const stranger = start("sleep", ["300"]);
  await once(stranger, "spawn");
  const id = stranger.pid!;
  const sessions = [{ id, startTicks: 12 }];
  writeFileSync(join(stateDir, "sessions.json"), JSON.stringify({ sessions, uptimeS: 1e9 }));
  expect(new SessionLedger(stateDir).endLeftovers()).toBe(0);
  expect(groupIsAlive(id)).toBe(true);
});

test("a session that began after the agent was last seen is left alone when its leader is gone", async () => {
  const stateDir = temporaryFolder();
  const leader = start("sh", ["-c", "sleep 300 & echo $$"]);
  await once(leader, "exit");
  const id = leader.pid!;
  onTestFinished(() => void process.kill(-id, "SIGKILL"));
  const sessions = [{ id, startTicks: 12 }];
  writeFileSync(join(stateDir, "sessions.json"), JSON.stringify({ sessions, uptimeS: 0 }));
  expect(new SessionLedger(stateDir).endLeftovers()).toBe(0);
  expect(groupIsAlive(id)).toBe(true);
});

test("a session is forgotten when its program ends; the ledger is private", async () => {
  const stateDir = join(temporaryFolder(), "state");
  mkdirSync(stateDir);
  const { createRunCommand } = await import("../../agent/tools/run-command.ts");
  const run = new SessionLedger(stateDir).recording(createRunCommand({ owner: "brief" }));
  const during: number[] = [];
  const ledger = () =>
    JSON.parse(readFileSync(join(stateDir, "sessions.json"), "utf8")) as { sessions: unknown[] };
  await run("sh", ["-c", "echo now; sleep 0.3"], {
    expendable: true,
    onLine: () => during.push(ledger().sessions.length),
  });
  expect(during).toEqual([1]);
  expect(ledger().sessions).toEqual([]);
  expect(statSync(join(stateDir, "sessions.json")).mode & 0o777).toBe(0o600);
});
