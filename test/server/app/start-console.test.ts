import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DoctorResponse, HostSummary, RunDetail } from "../../../contract/console-api.ts";
import { type ConsoleOptions, readOptions, StartProblem } from "../../../server/options.ts";
import { type RunningConsole, startConsole } from "../../../server/start-console.ts";

let directory = "";
const running: RunningConsole[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "vetting-start-"));
});
afterEach(async () => {
  for (const console of running.splice(0)) await console.close();
  rmSync(directory, { recursive: true, force: true });
});

function options(...args: string[]): ConsoleOptions {
  const defaults = [
    ...["--data-dir", join(directory, "data"), "--console-port", "0", "--lab-port", "0"],
    ...["--dhcp-port", "0", "--pxe-port", "0", "--tftp-port", "0"],
  ];
  return readOptions([...defaults, ...args], {});
}

async function start(...args: string[]): Promise<RunningConsole> {
  const console = await startConsole(options(...args));
  running.push(console);
  return console;
}

async function problemOf(...args: string[]): Promise<string> {
  try {
    await start(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(StartProblem);
    const { message } = error as StartProblem;
    expect(message).not.toContain("\n");
    return message;
  }
  throw new Error("the console started");
}

const LAB = ["--lab-address", "127.0.0.1"];

async function api<T>(console: RunningConsole, method: string, path: string, body?: object) {
  const url = new URL(console.consoleUrl);
  const answer = await fetch(new URL(path, url), {
    method,
    headers: {
      authorization: `Bearer ${url.searchParams.get("token")}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

async function lab<T>(console: RunningConsole, path: string, body: object, bearer = "") {
  const answer = await fetch(`${console.labUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

test("without a lab address only the console listener runs", async () => {
  const console = await start();
  expect(console.labUrl).toBeNull();
  expect(console.ports).toMatchObject({ lab: null, tftp: null, dhcp: null, pxe: null });
  const { status, body } = await api<HostSummary[]>(console, "GET", "/api/v1/hosts");
  expect([status, body]).toEqual([200, []]);
});

test("a port of 0 takes a free one, and the URLs say which", async () => {
  const console = await start(...LAB);
  expect(console.labUrl).toBe(`http://127.0.0.1:${console.ports.lab}`);
  expect(console.consoleUrl).toMatch(
    new RegExp(`^http://127\\.0\\.0\\.1:${console.ports.console}/\\?token=[\\w-]{43}$`),
  );
});

test("a UDP service that cannot bind stops nothing: its port is null, and the doctor names what has it", async () => {
  const holder = createSocket("udp4");
  await new Promise<void>((resolve) => holder.bind(0, "127.0.0.1", resolve));
  const { port } = holder.address();
  const console = await start(...LAB, "--tftp-port", String(port));
  expect(console.ports.tftp).toBeNull();
  expect(console.ports.dhcp).toEqual(expect.any(Number));
  const { body } = await api<DoctorResponse>(console, "GET", "/api/v1/doctor");
  const row = body.checks.find(({ id }) => id === "port-udp-tftp");
  expect(row).toMatchObject({ status: expect.stringMatching(/warn|fail/) });
  expect(row?.detail).toContain(`UDP ${port}`);
  expect(row?.mend).not.toBeNull();
  await new Promise<void>((resolve) => holder.close(() => resolve()));
});

test("from registration to a stage that fails and holds, over both listeners and the real store", async () => {
  const console = await start(...LAB);
  const mac = "52:54:00:12:34:56";
  const registered = await lab<{ hostId: number; reporterToken: string }>(
    console,
    "/api/reporter/v1/register",
    { hostname: "orion", macs: [mac] },
  );
  expect(registered.status).toBe(200);
  const { hostId, reporterToken } = registered.body;
  const beat = () =>
    lab<{ command: string }>(
      console,
      "/api/reporter/v1/heartbeat",
      { bootId: "os-1" },
      reporterToken,
    );
  expect((await beat()).body.command).toBe("none");
  const started = await api<{ runId: number; state: string }>(
    console,
    "POST",
    `/api/v1/hosts/${hostId}/runs`,
    { profile: "quick", nonDestructive: true, start: "reporter" },
  );
  expect(started.status).toBe(201);
  await expect.poll(async () => (await beat()).body.command).toBe("reboot_for_vetting");
  const script = await (await fetch(`${console.labUrl}/boot.ipxe?mac=${mac}`)).text();
  const bootToken = /vetting\.boot=(\S+)/.exec(script)?.[1] ?? "";
  const claim = { bootToken, mac, bootId: "live-1", agentVersion: "0.1.0" };
  const claimed = await lab<{ runToken: string; currentState: string }>(
    console,
    "/api/agent/v1/claim",
    claim,
  );
  expect(claimed.body.currentState).toBe("Inventory");
  expect((await lab(console, "/api/agent/v1/claim", claim)).status).toBe(401);
  const logged = await lab(
    console,
    "/api/agent/v1/log",
    {
      lines: [
        {
          sequence: 1,
          stage: "Inventory",
          t: new Date().toISOString(),
          level: "info",
          source: "agent",
          text: "hello",
        },
      ],
    },
    claimed.body.runToken,
  );
  expect(logged).toEqual({ status: 200, body: { accepted: 1 } });
  const { runId } = started.body;
  const logs = await api<{ lines: { text: string }[] }>(
    console,
    "GET",
    `/api/v1/runs/${runId}/logs`,
  );
  expect(logs.body.lines.map(({ text }) => text)).toEqual(["hello"]);
  const run = await api<RunDetail>(console, "GET", `/api/v1/runs/${runId}`);
  expect(run.body.state).toBe("Inventory");
  const url = new URL(`/api/v1/runs/${runId}/report.html`, console.consoleUrl);
  const token = new URL(console.consoleUrl).searchParams.get("token");
  const report = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect(report.status).toBe(200);
  expect(await report.text()).toContain("orion");
  const cookieless = await fetch(url);
  expect(cookieless.status).toBe(401);

  const { runs } = console;
  expect([runs.count(), runs.holding()]).toEqual([1, 0]);
  const t = new Date().toISOString();
  const failed = await lab(
    console,
    "/api/agent/v1/result",
    {
      ...{ sequence: 2, stage: "Inventory", status: "complete", result: "fail" },
      ...{ startedAt: t, endedAt: t, summary: "A DIMM is missing.", proof: [], measurements: [] },
    },
    claimed.body.runToken,
  );
  expect(failed.status).toBe(200);
  // It holds: nothing is under way any more, and the host waits for a hand.
  expect([runs.count(), runs.holding()]).toEqual([0, 1]);
});

test("stops cleanly with a live stream open, and all is there after a new start", async () => {
  const first = await start(...LAB);
  const created = await api<HostSummary>(first, "POST", "/api/v1/hosts", {
    mac: "52:54:00:00:00:01",
  });
  const url = new URL(first.consoleUrl);
  const stream = await fetch(new URL("/api/v1/events", url), {
    headers: { authorization: `Bearer ${url.searchParams.get("token")}` },
  });
  const begun = performance.now();
  await Promise.all([first.close(), first.close()]);
  expect(performance.now() - begun).toBeLessThan(2500);
  await expect(stream.text()).resolves.toContain("event: resync");
  const second = await start(...LAB);
  const hosts = await api<HostSummary[]>(second, "GET", "/api/v1/hosts");
  expect(hosts.body.map(({ id }) => id)).toEqual([created.body.id]);
  expect(second.consoleUrl).not.toContain(url.searchParams.get("token"));
});

describe("what is in the way is one clear line, and nothing stays behind", () => {
  test("the same data directory in use", async () => {
    await start();
    expect(await problemOf()).toMatch(/^Another console \(process \d+\) uses the data directory /);
  });

  test("a TCP port in use", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const port = String((holder.address() as AddressInfo).port);
    expect(await problemOf("--console-port", port)).toContain(`127.0.0.1:${port}: another program`);
    expect(await problemOf(...LAB, "--lab-port", port)).toContain("--lab-port");
    await new Promise((resolve) => holder.close(resolve));
    await start(...LAB, "--console-port", port);
  });

  test("a lab address of another machine", async () => {
    expect(await problemOf("--lab-address", "192.0.2.77")).toContain(
      "192.0.2.77 is no address of this machine",
    );
  });

  test.each([
    [["--lab-port", "99999"], "--lab-port: "],
    [["--lab-port", "http"], "--lab-port: "],
    [["--lab-address", "not-an-ip"], "--lab-address: "],
    [["--config", "/nonexistent/vetting.yaml"], "/nonexistent/vetting.yaml"],
  ])("%j", async (args, words) => {
    expect(await problemOf(...args)).toContain(words);
  });

  test("a mistake in vetting.yaml, with its line", async () => {
    const file = join(directory, "vetting.yaml");
    writeFileSync(file, "vetting:\n  console:\n    port: eighty\n  lab:\n    httpPort: -1\n");
    const problem = await problemOf("--config", file);
    expect(problem).toContain("vetting.yaml:3: vetting.console.port");
    expect(problem).toContain("and 1 more mistake");
  });

  test("a data directory that cannot be used", async () => {
    const file = join(directory, "plain-file");
    writeFileSync(file, "");
    expect(await problemOf("--data-dir", join(file, "data"))).toContain("--data-dir");
  });

  test("a database that is none", async () => {
    mkdirSync(join(directory, "data"));
    writeFileSync(join(directory, "data/vetting.db"), "this is not a database at all".repeat(100));
    expect(await problemOf()).toContain("vetting.db");
  });
});

test("vetting.yaml of the data directory counts, below the command line", async () => {
  const data = join(directory, "data");
  mkdirSync(data);
  writeFileSync(
    join(data, "vetting.yaml"),
    "vetting:\n  lab: {address: 127.0.0.1}\n  profiles:\n    lab-special: {Burn: {seconds: 7}}\n",
  );
  const console = await start();
  expect(console.labUrl).not.toBeNull();
  const profiles = await api<{ name: string }[]>(console, "GET", "/api/v1/profiles");
  expect(profiles.body.map(({ name }) => name)).toContain("lab-special");
});
