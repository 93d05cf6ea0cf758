import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Problem } from "../../contract/common.ts";
import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import type { RegisterResponse, ReporterHeartbeatResponse } from "../../contract/reporter-api.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { ConsoleProcess } from "./console-process.ts";
import { fetchBootToken, ScriptedAgent } from "./scripted-agent.ts";

/** Every way out of a run, over HTTP against the real console; the host is scripted, its silence too. */
describe("every way out of the run's life", () => {
  let console: ConsoleProcess;
  let hosts = 0;

  beforeAll(async () => {
    console = await new ConsoleProcess("127.0.0.1", {
      reporter: { staleAfterSeconds: 60 },
      agent: { heartbeatSeconds: 1, lostAfterSeconds: 1 },
      dispatcher: { maxConcurrentRuns: 100 },
      boot: { timeoutMinutes: 0.2 },
    }).start();
  });
  afterAll(async () => {
    await console?.end();
  });

  interface Host {
    readonly hostId: number;
    readonly mac: string;
    readonly beat: (bootId: string) => Promise<ReporterHeartbeatResponse["command"]>;
  }

  async function enrol(): Promise<Host> {
    hosts += 1;
    const mac = `52:54:00:00:01:${hosts.toString(16).padStart(2, "0")}`;
    const { body } = await console.lab<RegisterResponse>("/api/reporter/v1/register", {
      hostname: `way-out-${hosts}`,
      macs: [mac],
    });
    const beat = async (bootId: string) => {
      const answer = await console.lab<ReporterHeartbeatResponse>(
        "/api/reporter/v1/heartbeat",
        { bootId },
        body.reporterToken,
      );
      return answer.body.command;
    };
    await beat("os-1");
    return { hostId: body.hostId, mac, beat };
  }

  /** A run that an agent has claimed, with the stages before `stage` passed. */
  async function inStage(stage: StageName) {
    const host = await enrol();
    const { runId } = await console.startRun(host.hostId);
    expect(await host.beat("os-1")).toBe("reboot_for_vetting");
    const agent = new ScriptedAgent(console, host.mac, "live-1");
    await agent.claim();
    for (const name of STAGES.slice(0, STAGES.indexOf(stage))) await agent.result(name);
    expect((await console.run(runId)).state).toBe(stage);
    return { ...host, agent, runId };
  }

  async function holding(stage: StageName) {
    const run = await inStage(stage);
    await run.agent.result(stage, { result: "fail", summary: "It broke." });
    expect((await console.run(run.runId)).state).toBe("FailedHolding");
    return run;
  }

  const cancel = (runId: number) =>
    console.api<RunSummary & Problem>("POST", `runs/${runId}/cancel`);

  test("Start of a host that was never heard: 409 that points at quick.sh", async () => {
    const { body: host } = await console.api<HostSummary>("POST", "hosts", {
      mac: "52:54:00:ff:00:01",
    });
    const request = { profile: "quick", nonDestructive: true, start: "reporter" };
    const refused = await console.api<Problem>("POST", `hosts/${host.id}/runs`, request);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain("/register/quick.sh");
  });

  test("Start of an occupied host: 409", async () => {
    const { hostId } = await inStage("Inventory");
    const request = { profile: "quick", nonDestructive: true, start: "reporter" };
    expect((await console.api("POST", `hosts/${hostId}/runs`, request)).status).toBe(409);
  });

  test("the installed system comes back instead of the live image: Failed, boot", async () => {
    const host = await enrol();
    const { runId } = await console.startRun(host.hostId);
    await host.beat("os-1");
    expect(await host.beat("os-2")).toBe("none");
    expect(await console.run(runId)).toMatchObject({ state: "Failed", failedStage: "boot" });
  });

  test("woken by hand, and nothing boots: Failed, boot, after the timeout", {
    timeout: 40_000,
  }, async () => {
    const { body: host } = await console.api<HostSummary>("POST", "hosts", {
      mac: "52:54:00:ff:00:02",
    });
    const run = await console.startRun(host.id, { start: "wake" });
    expect(run.state).toBe("WaitingWoL");
    await expect
      .poll(async () => (await console.run(run.runId)).state, { timeout: 30_000, interval: 250 })
      .toBe("Failed");
    expect((await console.run(run.runId)).failedStage).toBe("boot");
  });

  test("woken by hand, and it boots: needs no reporter", async () => {
    const { body: host } = await console.api<HostSummary>("POST", "hosts", {
      mac: "52:54:00:ff:00:03",
    });
    const { runId } = await console.startRun(host.id, { start: "wake" });
    await new ScriptedAgent(console, "52:54:00:ff:00:03", "live-1").claim();
    expect((await console.run(runId)).state).toBe("Inventory");
  });

  test("a stage fails: hold; override re-enters it; the run can pass, and the reason stays", async () => {
    const { runId, agent } = await holding("CPUStress");
    const empty = await console.api("POST", `runs/${runId}/override`, { reason: "  " });
    expect(empty.status).toBe(400);
    await console.api("POST", `runs/${runId}/override`, { reason: "Fan was unplugged" });
    expect(await agent.beat()).toBe("override");
    await agent.sample("CPUStress", 40);
    expect(await agent.beat()).toBe("continue");
    for (const stage of STAGES.slice(STAGES.indexOf("CPUStress"))) await agent.result(stage);
    expect(await console.run(runId)).toMatchObject({
      state: "Passed",
      verdict: "pass",
      overrides: [{ stage: "CPUStress", reason: "Fan was unplugged" }],
    });
    expect(await agent.beat()).toBe("power_off");
    const report = await console.api<string>("GET", `runs/${runId}/report.html`);
    expect(report.body).toContain("Fan was unplugged");
  });

  test("a naive agent posts Inventory in CPUStress: 409, parked under the right label, until an override", async () => {
    const { runId, agent } = await inStage("CPUStress");
    const refused = await agent.result("Inventory");
    expect(refused.status).toBe(409);
    expect(await console.run(runId)).toMatchObject({
      state: "FailedHolding",
      failedStage: "Inventory (expected CPUStress)",
    });
    await console.api("POST", `runs/${runId}/override`, { reason: "The agent was shot" });
    expect(await agent.beat()).toBe("override");
    expect(await console.run(runId)).toMatchObject({ state: "CPUStress", failedStage: null });
    expect((await agent.result("CPUStress")).body.nextState).toBe("Storage");
  });

  test("cancel in mid-run: cancel_stage, the outcome is stored, then power off; the token dies", async () => {
    const { runId, agent } = await inStage("Storage");
    expect((await cancel(runId)).body).toMatchObject({ state: "Cancelled", failedStage: null });
    expect(await agent.beat()).toBe("cancel_stage");
    const outcome = { status: "cancelled", result: "not_applicable" } as const;
    expect((await agent.result("Storage", outcome)).status).toBe(200);
    const late = await agent.result("Storage");
    expect(late).toMatchObject({ status: 410, body: { do: "power_off" } });
    expect(await agent.beat()).toBe("power_off");
  });

  test("Cancel & reboot from a hold: failed_stage kept, reboot, and the host falls through to its disk", async () => {
    const { runId, agent, mac } = await holding("Burn");
    expect((await cancel(runId)).body).toMatchObject({ state: "Cancelled", failedStage: "Burn" });
    expect(await agent.beat()).toBe("reboot");
    expect(await fetchBootToken(console.labUrl, mac)).toBeNull();
  });

  test("cancel before the agent claimed: Cancelled, and the host falls through", async () => {
    const host = await enrol();
    const { runId } = await console.startRun(host.hostId);
    const token = await fetchBootToken(console.labUrl, host.mac);
    await cancel(runId);
    expect(await fetchBootToken(console.labUrl, host.mac)).toBeNull();
    const late = new ScriptedAgent(console, host.mac, "live-1");
    expect(await late.claimWith(token ?? "")).toMatchObject({
      status: 410,
      body: { do: "reboot" },
    });
  });

  test("cancel of a run that is over: 409", async () => {
    const { runId } = await inStage("Inventory");
    await cancel(runId);
    expect((await cancel(runId)).status).toBe(409);
  });

  test("the host resets by itself and netboots: unexpected reset, hold", async () => {
    const { runId, mac } = await inStage("Burn");
    const again = await new ScriptedAgent(console, mac, "live-2").claim();
    expect(again).toMatchObject({ currentState: "FailedHolding", collectResetEvidence: true });
    expect((await console.run(runId)).reason).toContain("unexpected reset");
  });

  test("the host resets by itself and comes back from disk: unexpected reset, hold", async () => {
    const { runId, beat } = await inStage("Burn");
    await beat("os-9");
    expect(await console.run(runId)).toMatchObject({ state: "FailedHolding", failedStage: "Burn" });
  });

  test("a sensor breaches its limit: told in the answer, aborted, and a claimed pass is a fail", async () => {
    const { runId, agent } = await inStage("CPUStress");
    const at = (s: number) => new Date(Date.parse("2026-01-01T00:00:00Z") + s * 1000).toISOString();
    await agent.sample("CPUStress", 101, { t: at(0), critical: 100 });
    const answer = await agent.sample("CPUStress", 102, { t: at(10), critical: 100 });
    expect(answer.body.breaches).toEqual([{ sensor: "cpu.package.temp", value: 102, limit: 100 }]);
    expect(await agent.beat()).toBe("abort_stage");
    expect((await agent.result("CPUStress")).body.nextState).toBe("FailedHolding");
    expect((await console.run(runId)).reason).toContain("cpu.package.temp");
  });

  test("an agent that falls silent is shown so, and any post ends it", async () => {
    const { runId, agent } = await inStage("CPUStress");
    await expect
      .poll(async () => (await console.run(runId)).silentSince, { timeout: 10_000 })
      .not.toBeNull();
    await agent.beat();
    expect((await console.run(runId)).silentSince).toBeNull();
  });
});
