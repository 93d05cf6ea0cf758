import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { doctorResponseSchema } from "../../../contract/console-api.ts";

const MAIN = join(import.meta.dirname, "../../../server/main.ts");
let directory = "";
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "vetting-main-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

/** The program itself, with all that it has printed so far. */
function program(...args: string[]) {
  return programWith({}, ...args);
}

function programWith(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, "--headless", ...args], {
    env: { PATH: process.env.PATH, HOME: directory, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const printed = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    printed.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    printed.stderr += text;
  });
  const exit = once(child, "close").then(([code]) => code as number | null);
  return { child, printed, exit };
}
const FREE_PORTS = [
  ...["--lab-address", "127.0.0.1", "--console-port", "0", "--lab-port", "0"],
  ...["--dhcp-port", "0", "--pxe-port", "0", "--tftp-port", "0"],
];
const POLL = { timeout: 15_000 };
// Each test starts whole programs, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

test("--json: the ready line and nothing else on stdout; SIGTERM ends it with 0", async () => {
  const { child, printed, exit } = program("--json", ...FREE_PORTS);
  await expect.poll(() => printed.stdout, POLL).toContain("\n");
  const ready = JSON.parse(printed.stdout);
  expect(ready).toEqual({
    event: "ready",
    consoleUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/),
    labUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    tftpPort: expect.any(Number),
    dhcpPort: expect.any(Number),
    pid: child.pid,
  });
  const page = await fetch(ready.consoleUrl, { redirect: "manual" });
  expect(page.status).toBe(303);
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  expect(printed.stdout.trimEnd().split("\n")).toHaveLength(1);
  const { searchParams } = new URL(ready.consoleUrl);
  expect(printed.stderr).not.toContain(searchParams.get("token"));
});

test("without --json: a line with the address to open; SIGINT ends it with 0", async () => {
  const { child, printed, exit } = program(...FREE_PORTS);
  await expect
    .poll(() => printed.stdout, POLL)
    .toMatch(/Open http:\/\/127\.0\.0\.1:\d+\/\?token=\S+\n/);
  await expect.poll(() => printed.stdout).toContain("/register/quick.sh");
  child.kill("SIGINT");
  expect(await exit).toBe(0);
});

test.each([
  [["--nonsense"], "--nonsense"],
  [["--lab-port", "http"], "--lab-port"],
  [["--config", "/nonexistent.yaml"], "/nonexistent.yaml"],
  [["--console-port", "0", "--lab-address", "192.0.2.77"], "192.0.2.77"],
])("%j: one line on stderr, nothing on stdout, exit 2", async (args, named) => {
  const { printed, exit } = program(...args);
  expect(await exit).toBe(2);
  expect(printed.stdout).toBe("");
  expect(printed.stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(printed.stderr).toContain(named);
});

test("--doctor: a table on stdout, nothing started, 1 when something is in the way", async () => {
  const { printed, exit } = program("--doctor", "--data-dir", directory);
  expect(await exit).toBe(1);
  expect(printed.stderr).toBe("");
  expect(printed.stdout).toContain("✗ in the way: Lab address\n    No lab address is set");
  expect(printed.stdout).toMatch(/\d+ of \d+ (is|are) in the way/);
  expect(readdirSync(directory)).toEqual([]);
});

test("--doctor --json: one line, the same answer as the API's", async () => {
  const { printed, exit } = program("--doctor", "--json", "--lab-address", "127.0.0.1");
  expect([0, 1]).toContain(await exit);
  const response = doctorResponseSchema.parse(JSON.parse(printed.stdout));
  expect(response.checks.length).toBeGreaterThan(10);
  expect(await exit).toBe(response.ok ? 0 : 1);
});

test("lives on when whoever read its output has gone, and still ends with 0", async () => {
  const { child, printed } = programWith({ VETTING_LOG_LEVEL: "trace" }, "--json", ...FREE_PORTS);
  await expect.poll(() => printed.stdout, POLL).toContain("ready");
  const { consoleUrl } = JSON.parse(printed.stdout);
  child.stdout?.destroy();
  child.stderr?.destroy();
  // Each answer is a line in the log that nobody takes.
  for (let i = 0; i < 5; i += 1) {
    const page = await fetch(consoleUrl, { redirect: "manual" });
    expect(page.status).toBe(303);
  }
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
});

test("a console that was killed leaves nothing in its successor's way", async () => {
  const first = program("--json", ...FREE_PORTS);
  await expect.poll(() => first.printed.stdout, POLL).toContain("ready");
  first.child.kill("SIGKILL");
  await first.exit;
  const second = program("--json", ...FREE_PORTS);
  await expect.poll(() => second.printed.stdout, POLL).toContain("ready");
});
