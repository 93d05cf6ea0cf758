import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostSummary, RunDetail } from "../../contract/console-api.ts";
import { STAGES } from "../../contract/stages.ts";
import { DemoProcess } from "./demo-process.ts";

/** A run takes half a minute: the SMART stage asks its drives every ten seconds. Twice that on a busy machine. */
const TIMEOUT_MS = 90_000;
const POLL = { timeout: TIMEOUT_MS, interval: 500 };

describe("The demo", () => {
  let demo: DemoProcess;
  beforeAll(async () => {
    demo = new DemoProcess("orion,vega,new-machine");
    // Not ready is the end of all tests here, at once.
    await demo.ready();
  }, TIMEOUT_MS);
  afterAll(() => demo.discard());

  test(
    "says that it is simulated, and listens on loopback only",
    async () => {
      const ready = await demo.ready();
      expect(ready.simulated).toBe(true);
      for (const url of [ready.consoleUrl, ready.labUrl]) {
        expect(new URL(url).hostname).toBe("127.0.0.1");
      }
    },
    TIMEOUT_MS,
  );

  test("labels every host as simulated, and lists the one that nobody knows as discovered", async () => {
    const hosts = await demo.api<HostSummary[]>("hosts");
    expect(hosts.map(({ name }) => name).sort()).toEqual(["orion", "vega"]);
    expect(hosts.map(({ simulated }) => simulated)).toEqual([true, true]);
    expect(hosts.every(({ vendor }) => vendor === "Simulated Systems")).toBe(true);
    expect(await demo.api("discovered")).toMatchObject([{ mac: "02:5e:d0:00:07:00" }]);
  });

  test(
    "holds the host with the loose cooler for the temperature, not for anything else",
    async () => {
      await expect.poll(async () => (await demo.runOf("vega")).state, POLL).toBe("FailedHolding");
      const run = await demo.runOf("vega");
      expect(run).toMatchObject({ verdict: "fail", failedStage: "CPUStress" });
      expect(run.reason).toMatch(/cpu\.package\.temp\[0\].*100/);
    },
    TIMEOUT_MS,
  );

  test(
    "lets the healthy host walk all eleven stages and pass; what it could not exercise is listed",
    async () => {
      await expect.poll(async () => (await demo.runOf("orion")).state, POLL).toBe("Passed");
      const { id } = await demo.runOf("orion");
      const run = await demo.api<RunDetail>(`runs/${id}`);
      expect(run.stages.map(({ stage }) => stage)).toEqual([...STAGES]);
      // Two seconds reach only a part of the memory, and a run says so.
      expect(run.verdict).toBe("pass_with_gaps");
      expect(run.gaps.map(({ what }) => what)).toEqual([expect.stringMatching(/^memory beyond/)]);
      const proof = run.stages.flatMap((stage) => stage.proof);
      expect(proof.length).toBeGreaterThan(5);
      expect(proof.every(({ work, elapsedS }) => work > 0 && elapsedS >= 1)).toBe(true);
      const report = await (await demo.get(`/api/v1/runs/${id}/report.html`)).text();
      expect(report).toContain("SIMULATED");
    },
    TIMEOUT_MS,
  );

  test(
    "has the passed host heartbeat again as its installed system",
    async () => {
      const { endedAt } = await demo.runOf("orion");
      const lastSeen = async () => {
        const hosts = await demo.api<HostSummary[]>("hosts");
        return Date.parse(hosts.find(({ name }) => name === "orion")?.lastSeen ?? "");
      };
      await expect.poll(lastSeen, POLL).toBeGreaterThan(Date.parse(endedAt ?? "") + 3000);
    },
    TIMEOUT_MS,
  );

  test(
    "ends cleanly on SIGTERM with an agent still holding: no process and no file is left",
    async () => {
      expect(demo.processes().length).toBeGreaterThan(1);
      expect(await demo.stop("SIGTERM")).toBe(0);
      expect(demo.processes()).toEqual([]);
      expect(readdirSync(demo.tempDir)).toEqual([]);
      expect(demo.stderr).toBe("");
    },
    TIMEOUT_MS,
  );
});

describe("A demo that is killed", () => {
  test(
    "takes its agents with it",
    async () => {
      const demo = new DemoProcess("altair");
      try {
        await demo.ready();
        await expect.poll(async () => (await demo.runOf("altair")).state, POLL).toBe("SMART");
        expect(demo.processes().length).toBeGreaterThan(1);
        await demo.stop("SIGKILL");
        await expect.poll(() => demo.processes(), POLL).toEqual([]);
      } finally {
        await demo.discard();
      }
    },
    TIMEOUT_MS,
  );
});
