import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import type { HostSummary, RunDetail, SeriesResponse } from "../../contract/console-api.ts";
import { ConsoleProcess } from "./console-process.ts";
import { RealAgent } from "./real-agent.ts";
import { fetchBootToken, ScriptedAgent } from "./scripted-agent.ts";

const MAC = "52:54:00:c0:ff:ee";

/** Stress long enough to be shot in, on this machine, with the real agent and the real stress-ng. */
const CONFIG = {
  agent: { heartbeatSeconds: 1 },
  profiles: {
    quick: {
      SMART: { selfTest: "none" },
      CPUStress: { cpuSeconds: 8, ramSeconds: 4, settleSeconds: 0 },
    },
  },
};

describe("crashes in the middle of a stage", () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  async function inCpuStress() {
    const console = await new ConsoleProcess("127.0.0.1", CONFIG).start();
    endings.push(() => console.end());
    const host = await console.api<HostSummary>("POST", "hosts", { mac: MAC });
    const { runId } = await console.startRun(host.body.id, { start: "wake" });
    const bootToken = (await fetchBootToken(console.labUrl, MAC)) ?? "";
    const boot = { labUrl: console.labUrl, bootToken, mac: MAC, bootId: "live-1" };
    const agent = new RealAgent(boot).start();
    endings.push(() => agent.end());
    endings.push(() => console.api("POST", `runs/${runId}/cancel`));
    await until(
      console,
      runId,
      ({ state, sensors }) => state === "CPUStress" && sensors.length > 0,
    );
    return { console, agent, runId };
  }

  async function until(
    console: ConsoleProcess,
    runId: number,
    condition: (run: RunDetail) => boolean,
    timeout = 60_000,
  ): Promise<RunDetail> {
    let run = await console.run(runId);
    await expect
      .poll(
        async () => {
          run = await console.run(runId);
          return condition(run) || `${run.state} ${run.reason ?? ""}`;
        },
        { timeout, interval: 250 },
      )
      .toBe(true);
    return run;
  }

  test("the agent is shot in CPUStress (as by the OOM killer) and resumes there", {
    timeout: 120_000,
  }, async () => {
    const { console, agent, runId } = await inCpuStress();
    await agent.kill("SIGKILL");
    agent.start();
    const run = await until(console, runId, ({ state }) => state !== "CPUStress");
    expect({ state: run.state, reason: run.reason }).toEqual({ state: "Storage", reason: null });
    const attempts = run.stages.filter(({ stage }) => stage === "CPUStress");
    expect(attempts.map(({ attempt, status, result }) => [attempt, status, result])).toEqual([
      [1, "error", "not_applicable"],
      [2, "complete", "pass"],
    ]);
    // Inventory was not done again: the agent went on where it was.
    expect(run.stages.filter(({ stage }) => stage === "Inventory")).toHaveLength(1);
  });

  test("the answer to the first claim is lost: the agent asks for a new boot script and goes on", {
    timeout: 60_000,
  }, async () => {
    const console = await new ConsoleProcess("127.0.0.1", CONFIG).start();
    endings.push(() => console.end());
    const host = await console.api<HostSummary>("POST", "hosts", { mac: MAC });
    const { runId } = await console.startRun(host.body.id, { start: "wake" });
    const bootToken = (await fetchBootToken(console.labUrl, MAC)) ?? "";
    // This answer never reaches the agent.
    const lost = await new ScriptedAgent(console, MAC, "live-1").claimWith(bootToken);
    expect(lost.status).toBe(200);
    const boot = { labUrl: console.labUrl, bootToken, mac: MAC, bootId: "live-1" };
    const agent = new RealAgent(boot).start();
    endings.push(() => agent.end());
    endings.push(() => console.api("POST", `runs/${runId}/cancel`));
    const run = await until(console, runId, ({ state }) => state !== "Inventory");
    expect(run.reason).toBeNull();
    expect(run.warnings.join()).toContain("second time");
    expect(agent.output).toContain("HTTP 401");
  });

  test("the console is shot and started again: the run goes on, nothing acknowledged is lost or doubled", {
    timeout: 120_000,
  }, async () => {
    const { console, agent, runId } = await inCpuStress();
    const before = await console.run(runId);
    const logBefore = await logLines(console, runId);
    const seriesBefore = await allSeries(console, before);
    await console.stop("SIGKILL");
    expect(agent.running).toBe(true);
    await console.start();

    const after = await until(console, runId, ({ state }) => state === "Storage");
    expect(after.stages.filter(({ stage }) => stage === "CPUStress")).toHaveLength(1);
    expect(after.stages.find(({ stage }) => stage === "CPUStress")).toMatchObject({
      attempt: 1,
      result: "pass",
    });
    const lines = await logLines(console, runId);
    const sequences = lines.map(({ sequence }) => sequence);
    expect(new Set(sequences).size).toBe(sequences.length);
    expect(lines).toEqual(expect.arrayContaining(logBefore));
    for (const { sensor, points } of seriesBefore) {
      const now = await series(console, runId, sensor);
      expect(now.points, sensor).toEqual(expect.arrayContaining(points));
      const times = now.points.map(([t]) => t);
      expect(new Set(times).size, sensor).toBe(times.length);
    }
    expect(after.droppedSamples).toBe(0);
    expect(missingSequences(console, runId)).toEqual([]);
  });
});

/** Sequences up to the highest stored one that no stored row stands for: something acknowledged was lost. */
function missingSequences(console: ConsoleProcess, runId: number): number[] {
  const db = new Database(join(console.dataDir, "data/vetting.db"), { readonly: true });
  const rows = db
    .prepare(
      `SELECT sequence FROM samples WHERE run_id = @runId
       UNION ALL SELECT sequence FROM log_lines WHERE run_id = @runId
       UNION ALL SELECT first FROM answers WHERE run_id = @runId AND kind NOT IN ('sensor', 'log')`,
    )
    .pluck()
    .all({ runId }) as number[];
  db.close();
  const stored = new Set(rows);
  // Each is there once.
  expect(stored.size).toBe(rows.length);
  expect(stored.size).toBeGreaterThan(20);
  return Array.from({ length: Math.max(...rows) }, (_, index) => index + 1).filter(
    (sequence) => !stored.has(sequence),
  );
}

async function logLines(console: ConsoleProcess, runId: number) {
  const { body } = await console.api<{ lines: { sequence: number }[] }>(
    "GET",
    `runs/${runId}/logs`,
  );
  return body.lines;
}

async function series(console: ConsoleProcess, runId: number, sensor: string) {
  const path = `runs/${runId}/series?sensor=${encodeURIComponent(sensor)}&points=2000`;
  const answer = await console.api<SeriesResponse>("GET", path);
  expect(answer.status).toBe(200);
  return answer.body;
}

function allSeries(console: ConsoleProcess, run: RunDetail): Promise<SeriesResponse[]> {
  return Promise.all(run.sensors.map(({ sensor }) => series(console, run.id, sensor)));
}
