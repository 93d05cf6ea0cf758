import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Problem } from "../../../contract/common.ts";
import type { DoctorResponse, HostSummary, RunSummary } from "../../../contract/console-api.ts";
import type { SettingsResponse } from "../../../contract/settings-api.ts";
import { readOptions } from "../../../server/options.ts";
import { type RunningConsole, startConsole } from "../../../server/start-console.ts";

// A real console over a data directory of its own. What changes while it runs: settings, the lab, pins.

let directory = "";
const running: RunningConsole[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "vetting-move-"));
});
afterEach(async () => {
  for (const console of running.splice(0)) await console.close();
  rmSync(directory, { recursive: true, force: true });
});

const OWN_FILE = () => join(directory, "data", "vetting.yaml");

async function start(...args: string[]): Promise<RunningConsole> {
  const defaults = [
    ...["--data-dir", join(directory, "data"), "--console-port", "0", "--lab-port", "0"],
    ...["--dhcp-port", "0", "--pxe-port", "0", "--tftp-port", "0"],
  ];
  const console = await startConsole(readOptions([...defaults, ...args], {}));
  running.push(console);
  return console;
}

async function api<T>(console: RunningConsole, method: string, path: string, body?: object) {
  const url = new URL(console.consoleUrl);
  const answer = await fetch(new URL(`/api/v1/${path}`, url), {
    method,
    headers: {
      authorization: `Bearer ${url.searchParams.get("token")}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

/** Loopback has the whole of 127/8 on Linux, but an interface lists only one of them. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((it) => it?.family === "IPv4" && !it.internal)?.address;

describe("the lab address", () => {
  test("is given to a console that has none: hosts reach it at once, and after the next start", async () => {
    const console = await start();
    expect(console.labUrl).toBeNull();
    const moved = await api<{ address: string; labUrl: string }>(console, "PUT", "lab", {
      address: "127.0.0.1",
    });
    expect(moved).toMatchObject({ status: 200, body: { address: "127.0.0.1" } });
    expect(console.labUrl).toBe(moved.body.labUrl);
    expect(console.ports.tftp).toEqual(expect.any(Number));
    const script = await fetch(`${moved.body.labUrl}/boot.ipxe?mac=52:54:00:12:34:56`);
    expect(await script.text()).toContain("#!ipxe");
    const quick = await fetch(`${moved.body.labUrl}/register/quick.sh`);
    expect(await quick.text()).toContain(moved.body.labUrl);
    const doctor = await api<DoctorResponse>(console, "GET", "doctor");
    expect(doctor.body.labUrl).toBe(moved.body.labUrl);
    expect(doctor.body.services.every(({ port }) => port !== null)).toBe(true);
    expect(doctor.body.checks.find(({ id }) => id === "address")?.detail).toContain("127.0.0.1");
    const settings = await api<SettingsResponse>(console, "GET", "settings");
    expect(settings.body).toMatchObject({
      file: OWN_FILE(),
      exists: true,
      restartNeeded: [],
      effective: { lab: { address: "127.0.0.1" } },
    });
    await running.pop()?.close();
    const again = await start();
    expect(again.labUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test("that is on no interface is refused with those that are, and nothing is written", async () => {
    const console = await start();
    const { status, body } = await api<Problem>(console, "PUT", "lab", { address: "192.0.2.77" });
    expect([status, body.type]).toEqual([409, "urn:vetting:problem:lab-address-unusable"]);
    expect(body.detail).toContain("127.0.0.1 (lo)");
    expect(existsSync(OWN_FILE())).toBe(false);
  });

  test("whose port another program has is refused with the mend", async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, "127.0.0.1", () => resolve((holder.address() as { port: number }).port)),
    );
    const console = await start("--lab-port", String(port));
    const { status, body } = await api<Problem>(console, "PUT", "lab", { address: "127.0.0.1" });
    expect(status).toBe(409);
    expect(body.detail).toContain("another program has this port");
    expect(console.labUrl).toBeNull();
    expect(existsSync(OWN_FILE())).toBe(false);
    await new Promise((resolve) => holder.close(resolve));
    expect((await api(console, "PUT", "lab", { address: "127.0.0.1" })).status).toBe(200);
  });

  test("that the command line sets is not changed here", async () => {
    const console = await start("--lab-address", "127.0.0.1");
    const { status, body } = await api<Problem>(console, "PUT", "lab", { address: "127.0.0.1" });
    expect(status).toBe(409);
    expect(body.detail).toContain("--lab-address");
  });

  test("stays where it is when the settings cannot be written", async () => {
    const config = join(directory, "mine.yaml");
    writeFileSync(config, "# mine\n", { mode: 0o444 });
    const console = await start("--config", config);
    const { status, body } = await api<Problem>(console, "PUT", "lab", { address: "127.0.0.1" });
    expect([status, body.type]).toEqual([409, "urn:vetting:problem:settings-read-only"]);
    expect(console.labUrl).toBeNull();
  });

  test.runIf(outside !== undefined)(
    "moves when nobody is under way, and not when a host would lose the console",
    async () => {
      const console = await start();
      await api(console, "PUT", "lab", { address: "127.0.0.1" });
      const old = console.labUrl;
      const host = await api<HostSummary>(console, "POST", "hosts", { mac: "52:54:00:12:34:56" });
      const run = await api<RunSummary>(console, "POST", `hosts/${host.body.id}/runs`, {
        profile: "quick",
        nonDestructive: true,
        start: "wake",
      });
      expect(run.status).toBe(201);
      const refused = await api<Problem>(console, "PUT", "lab", { address: outside as string });
      expect([refused.status, refused.body.type]).toEqual([409, "urn:vetting:problem:lab-in-use"]);
      expect(refused.body.detail).toContain(`run ${run.body.id} on 52:54:00:12:34:56`);
      expect(console.labUrl).toBe(old);
      await api(console, "POST", `runs/${run.body.id}/cancel`);
      const moved = await api(console, "PUT", "lab", { address: outside as string });
      expect(moved.status).toBe(200);
      expect(console.labUrl).toContain(`http://${outside}:`);
      expect((await fetch(`${console.labUrl}/boot.ipxe`)).status).toBe(200);
      await expect(fetch(`${old}/boot.ipxe`)).rejects.toThrow();
      expect(readFileSync(OWN_FILE(), "utf8")).toContain(`address: ${outside}`);
    },
  );
});

describe("settings", () => {
  test("begin with the text that ships, which itself is never changed", async () => {
    const shipped = join(import.meta.dirname, "../../../vetting.yaml");
    const before = readFileSync(shipped, "utf8");
    const console = await start();
    const { body } = await api<SettingsResponse>(console, "GET", "settings");
    expect(body).toMatchObject({ file: OWN_FILE(), exists: false, text: before });
    const edits = [{ path: ["vetting", "reporter", "staleAfterSeconds"], value: 5 }];
    const { revision } = body;
    const changed = await api<SettingsResponse>(console, "PATCH", "settings", { revision, edits });
    expect(changed.status).toBe(200);
    expect(readFileSync(shipped, "utf8")).toBe(before);
    expect(readFileSync(OWN_FILE(), "utf8")).toBe(
      before.replace("staleAfterSeconds: 60", "staleAfterSeconds: 5"),
    );
    // It counts: the refusal of a start names the new number.
    const host = await api<HostSummary>(console, "POST", "hosts", { mac: "52:54:00:12:34:56" });
    const run = await api<Problem>(console, "POST", `hosts/${host.body.id}/runs`, {
      profile: "quick",
      nonDestructive: true,
      start: "reporter",
    });
    expect(run.body.detail).toContain("in the last 5 s");
    const stale = await api<Problem>(console, "PATCH", "settings", { revision, edits });
    expect([stale.status, stale.body.type]).toEqual([409, "urn:vetting:problem:settings-changed"]);
  });

  test("with a mistake: 422 with its line, and the check says the same", async () => {
    const console = await start();
    const { body } = await api<SettingsResponse>(console, "GET", "settings");
    const text = "vetting:\n  thresholds:\n    - {sensor: a, max: hot}\n";
    const refused = await api<Problem>(console, "PUT", "settings", {
      text,
      revision: body.revision,
    });
    expect(refused.status).toBe(422);
    expect(refused.body.problems).toMatchObject([{ line: 3, key: "vetting.thresholds[0].max" }]);
    const checked = await api<{ problems: unknown }>(console, "POST", "settings/check", { text });
    expect(checked.body.problems).toEqual(refused.body.problems);
    expect(existsSync(OWN_FILE())).toBe(false);
  });

  test("a run keeps the thresholds and parameters that it was created with", async () => {
    const console = await start("--lab-address", "127.0.0.1");
    const host = await api<HostSummary>(console, "POST", "hosts", { mac: "52:54:00:12:34:56" });
    const run = await api<RunSummary>(console, "POST", `hosts/${host.body.id}/runs`, {
      profile: "quick",
      nonDestructive: true,
      start: "wake",
    });
    const before = await api<object>(console, "GET", `runs/${run.body.id}`);
    const { body } = await api<SettingsResponse>(console, "GET", "settings");
    const edits = [
      { path: ["vetting", "thresholds"], value: [] },
      { path: ["vetting", "profiles", "quick", "Burn", "seconds"], value: 1 },
    ];
    const { revision } = body;
    expect((await api(console, "PATCH", "settings", { revision, edits })).status).toBe(200);
    const after = await api<object>(console, "GET", `runs/${run.body.id}`);
    expect(after.body).toMatchObject({
      thresholds: (before.body as { thresholds: unknown }).thresholds,
      params: { Burn: { seconds: 300 } },
    });
  });
});

test("the versions of a run become the pins of a spec, which its host then has", async () => {
  const console = await start("--lab-address", "127.0.0.1");
  const lab = async <T>(path: string, body: object, bearer = "") => {
    const answer = await fetch(`${console.labUrl}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as T;
  };
  const mac = "52:54:00:12:34:56";
  const { hostId } = await lab<{ hostId: number }>("/api/reporter/v1/register", {
    hostname: "orion",
    macs: [mac],
    vendor: "Dell Inc.",
    product: "PowerEdge R640",
  });
  const run = await api<RunSummary>(console, "POST", `hosts/${hostId}/runs`, {
    profile: "quick",
    nonDestructive: true,
    start: "wake",
  });
  const pinPath = `runs/${run.body.id}/firmware/pin`;
  const early = await api<Problem>(console, "POST", pinPath, { spec: "r640" });
  expect([early.status, early.body.detail]).toEqual([
    404,
    `Run ${run.body.id} has posted no firmware snapshot yet.`,
  ]);
  const script = await (await fetch(`${console.labUrl}/boot.ipxe?mac=${mac}`)).text();
  const bootToken = /vetting\.boot=(\S+)/.exec(script)?.[1] ?? "";
  const claim = { bootToken, mac, bootId: "live-1", agentVersion: "0.1.0" };
  const { runToken } = await lab<{ runToken: string }>("/api/agent/v1/claim", claim);
  const components = [
    { component: "bios", identifier: "system", version: "2.10" },
    { component: "nic", identifier: "0000:3b:00.0", model: "X710", version: "9.20" },
  ];
  await lab("/api/agent/v1/firmware", { sequence: 1, components }, runToken);
  const pinned = await api(console, "POST", pinPath, { spec: "r640" });
  expect(pinned).toEqual({ status: 200, body: { spec: "r640", pins: 2 } });
  const text = readFileSync(OWN_FILE(), "utf8");
  expect(text).toContain("# What a host must be made of.");
  expect(text).toContain('- { component: bios, version: "2.10" }');
  const host = await api<HostSummary>(console, "GET", `hosts/${hostId}`);
  expect(host.body.spec).toBe("r640");
  // Another name for the same host: the first spec still matches it, so it is set to the new one.
  await api(console, "POST", pinPath, { spec: "bench 3" });
  expect((await api<HostSummary>(console, "GET", `hosts/${hostId}`)).body.spec).toBe("bench 3");
  // Again into the one that is there: nothing is doubled.
  await api(console, "POST", pinPath, { spec: "r640" });
  const settings = await api<SettingsResponse>(console, "GET", "settings");
  expect(settings.body.effective.specs.map(({ name }) => name)).toEqual(["r640", "bench 3"]);
});
