import { describe, expect, test } from "vitest";
import { failure, Life, MAC, value } from "./life.ts";

describe("Override", () => {
  test("enters the failed stage as a new attempt; failed_stage is cleared; the reason stays", async () => {
    const life = new Life();
    const { runId } = await life.holding("Network");
    const run = value(life.service.overrideRun(runId, "Cable was loose"));
    expect(run).toMatchObject({ state: "Network", failedStage: null, verdict: null, reason: null });
    expect(life.run(runId).overrides).toMatchObject([
      { stage: "Network", reason: "Cable was loose" },
    ]);
    for (const stage of ["Network", "Burn", "GPU", "PSU", "Reporting"] as const) {
      life.pass(runId, stage);
    }
    expect(life.run(runId)).toMatchObject({
      state: "Passed",
      overrides: [{ reason: "Cable was loose" }],
    });
  });

  test("after a mismatch the expected stage is entered", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    failure(life.post(runId, { stage: "Inventory" }));
    expect(value(life.service.overrideRun(runId, "resume")).state).toBe("CPUStress");
  });

  test("heartbeats answer override until the attempt's first artifact", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    expect(life.beat(runId)).toBe("continue");
    value(life.service.overrideRun(runId, "again"));
    expect([life.beat(runId), life.beat(runId)]).toEqual(["override", "override"]);
    await life.samples(runId, "CPUStress", [[0, 40]]);
    expect(life.beat(runId)).toBe("continue");
  });

  test("breaches of the failed attempt do not count against the new one", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    await life.samples(
      runId,
      "CPUStress",
      [
        [0, 101],
        [10, 101],
      ],
      { critical: 100 },
    );
    value(life.post(runId, { stage: "CPUStress" }));
    value(life.service.overrideRun(runId, "fan was off"));
    expect(life.pass(runId, "CPUStress")).toBe("Storage");
  });

  test("is refused for a run that does not hold", async () => {
    const life = new Life();
    const { runId } = await life.claimed();
    expect(failure(life.service.overrideRun(runId, "why not")).kind).toBe("illegal-transition");
  });
});

describe("A hold", () => {
  test("never expires", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    life.advance(30 * 86_400);
    await life.service.tick();
    expect(life.run(runId)).toMatchObject({ state: "FailedHolding", failedStage: "CPUStress" });
  });

  test("a netboot re-enters the live image and parks again, with the reason kept", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    const before = life.run(runId);
    const claim = value(life.claimWith(life.bootToken(), "live-2"));
    expect(claim).toMatchObject({ currentState: "FailedHolding", holdReason: "It broke." });
    expect(life.run(runId)).toMatchObject({
      failedStage: before.failedStage,
      endedAt: before.endedAt,
    });
  });

  test("can still be overridden after its host netbooted again", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    value(life.claimWith(life.bootToken(), "live-2"));
    expect(value(life.service.overrideRun(runId, "reseated")).state).toBe("CPUStress");
    expect(life.beat(runId, "live-2")).toBe("override");
  });

  test("takes evidence and logs", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    const evidence = {
      stage: null,
      kind: "dmesg" as const,
      name: "dmesg.txt",
      text: "oops",
      truncated: false,
    };
    value(life.service.submitEvidence(runId, { ...evidence, sequence: 4000 }));
    expect(life.run(runId).evidence).toMatchObject([{ name: "dmesg.txt", bytes: 4 }]);
  });

  test("keeps no token, wherever the host has found one", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    const token = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
    const text = `Command line: quiet vetting.boot=${token} panic=1\nAuthorization: Bearer ${token}\n`;
    const evidence = { stage: null, kind: "dmesg" as const, name: "dmesg.txt", truncated: false };
    value(life.service.submitEvidence(runId, { ...evidence, text, sequence: 4000 }));
    const line = { sequence: 4001, stage: null, t: life.iso(), level: "info" as const };
    const logged = life.service.submitLog(runId, { lines: [{ ...line, source: "kernel", text }] });
    life.service.flush();
    value(await logged);
    const kept = life.store.evidence.get(runId, life.run(runId).evidence[0]?.id ?? 0)?.text ?? "";
    const [said] = life.store.logs.list(runId, { limit: 1, tail: true });
    for (const stored of [kept, said?.text ?? ""]) {
      expect(stored).not.toContain(token);
      expect(stored).toContain("quiet vetting.boot=[redacted] panic=1");
    }
  });

  test("takes no result", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    const refused = failure(life.post(runId, { stage: "CPUStress" }));
    expect(refused).toMatchObject({ kind: "stage-mismatch", nextState: "FailedHolding" });
    expect(life.run(runId).failedStage).toBe("CPUStress");
  });
});

describe("Cancel", () => {
  test("mid-run: failed_stage stays empty, heartbeats answer cancel_stage, the outcome is stored, then power off", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    expect(value(life.service.cancelRun(runId))).toMatchObject({
      state: "Cancelled",
      failedStage: null,
      verdict: "incomplete",
    });
    expect([life.beat(runId), life.beat(runId)]).toEqual(["cancel_stage", "cancel_stage"]);
    const outcome = {
      stage: "CPUStress" as const,
      status: "cancelled" as const,
      result: "not_applicable" as const,
      summary: "Ended by the operator.",
    };
    expect(value(life.post(runId, outcome)).nextState).toBe("Cancelled");
    expect(life.run(runId).stages.at(-1)).toMatchObject({
      status: "cancelled",
      summary: outcome.summary,
    });
    expect(life.beat(runId)).toBe("power_off");
    expect(failure(life.post(runId, { stage: "CPUStress" }))).toMatchObject({
      kind: "run-dead",
      do: "power_off",
    });
  });

  test("from a hold: failed_stage is kept and heartbeats answer reboot; then the host falls through", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    expect(value(life.service.cancelRun(runId))).toMatchObject({
      state: "Cancelled",
      failedStage: "CPUStress",
      verdict: "fail",
    });
    expect(life.beat(runId)).toBe("reboot");
    const decision = life.service.decideBoot({
      mac: MAC,
      uuid: null,
      platform: null,
      buildarch: null,
    });
    expect(decision.kind).toBe("local-disk");
  });

  test("before the agent claimed: the host, if it still netboots, falls through", async () => {
    const life = new Life();
    const { id } = await life.start(life.enrol());
    const token = life.bootToken();
    value(life.service.cancelRun(id));
    expect(
      life.service.decideBoot({ mac: MAC, uuid: null, platform: null, buildarch: null }).kind,
    ).toBe("local-disk");
    expect(failure(life.claimWith(token))).toMatchObject({ kind: "run-dead", do: "reboot" });
  });

  test("of a run that is over is refused", async () => {
    const life = new Life();
    const { runId } = await life.claimed();
    value(life.service.cancelRun(runId));
    expect(failure(life.service.cancelRun(runId)).kind).toBe("run-over");
  });

  test("a claim for a dead run is answered with what to do", async () => {
    const life = new Life();
    const { runId, claim } = await life.inStage("CPUStress");
    value(life.service.cancelRun(runId));
    expect(failure(life.claimWith("x", "live-1", claim.runToken))).toMatchObject({
      kind: "run-dead",
      do: "power_off",
    });
  });

  test("the run token dies when the final command was obeyed", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    value(life.service.cancelRun(runId));
    value(life.service.agentHeartbeat(runId, { bootId: "live-1", obeying: "reboot" }));
    expect(failure(life.service.agentHeartbeat(runId, { bootId: "live-1" }))).toMatchObject({
      kind: "run-dead",
      do: "reboot",
    });
  });

  test("frees the host for the next run", async () => {
    const life = new Life();
    const { runId, hostId } = await life.holding();
    value(life.service.cancelRun(runId));
    life.reporter(hostId, "os-3");
    expect((await life.start(hostId)).state).toBe("WaitingReboot");
  });
});
