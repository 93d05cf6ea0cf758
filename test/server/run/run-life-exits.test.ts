import { describe, expect, test } from "vitest";
import { Life, value } from "./life.ts";

describe("Agent restarts in the same boot", () => {
  test("re-claims with its run token and resumes at the current stage, as a new attempt", async () => {
    const life = new Life();
    const { runId, claim } = await life.inStage("CPUStress");
    const again = value(life.claimWith("whatever", "live-1", claim.runToken));
    expect(again).toMatchObject({ runId, currentState: "CPUStress", runToken: claim.runToken });
    const attempts = life.run(runId).stages.filter(({ stage }) => stage === "CPUStress");
    expect(attempts.map(({ status, attempt }) => [attempt, status])).toEqual([
      [1, "error"],
      [2, "running"],
    ]);
  });

  test("is told the sequence to go on with", async () => {
    const life = new Life();
    const { runId, claim } = await life.claimed();
    expect(claim.nextSequence).toBe(1);
    await life.samples(runId, "Inventory", [
      [0, 40],
      [1, 41],
    ]);
    const again = value(life.claimWith("x", "live-1", claim.runToken));
    expect(again.nextSequence).toBe(3);
  });

  test("and lost the answer to its claim: a new script in the same boot takes the run up, with a new run token", async () => {
    const life = new Life();
    const { runId, claim } = await life.claimed();
    const again = value(life.claimWith(life.bootToken(), "live-1"));
    expect(again).toMatchObject({ runId, currentState: "Inventory" });
    expect(again.runToken).not.toBe(claim.runToken);
    expect(life.service.authenticateAgent(claim.runToken)).toBeNull();
    expect(life.service.authenticateAgent(again.runToken)).toBe(runId);
    expect(life.run(runId).state).toBe("Inventory");
  });

  test("cannot wash a breach away", async () => {
    const life = new Life();
    const { runId, claim } = await life.inStage("CPUStress");
    await life.samples(
      runId,
      "CPUStress",
      [
        [0, 101],
        [10, 101],
      ],
      { critical: 100 },
    );
    const again = value(life.claimWith("x", "live-1", claim.runToken));
    expect(again.currentState).toBe("FailedHolding");
    expect(life.run(runId).failedStage).toBe("CPUStress");
  });
});

describe("Host resets by itself in a stage", () => {
  test("and netboots: the claim with a new boot id is an unexpected reset, and holds", async () => {
    const life = new Life();
    const { runId } = await life.inStage("Burn");
    const claim = value(life.claimWith(life.bootToken(), "live-2"));
    expect(claim).toMatchObject({ currentState: "FailedHolding", collectResetEvidence: true });
    const run = life.run(runId);
    expect(run).toMatchObject({ state: "FailedHolding", failedStage: "Burn", verdict: "fail" });
    expect(run.reason).toContain("unexpected reset");
  });

  test("and comes back from disk: a reporter heartbeat in a stage is one as well", async () => {
    const life = new Life();
    const { runId, hostId } = await life.inStage("Burn");
    expect(life.reporter(hostId, "os-2")).toBe("none");
    expect(life.run(runId)).toMatchObject({ state: "FailedHolding", failedStage: "Burn" });
    expect(life.run(runId).reason).toContain("unexpected reset");
    expect(value(life.claimWith(life.bootToken(), "live-2")).collectResetEvidence).toBe(true);
  });

  test("a late heartbeat of the system that was told to reboot is none", async () => {
    const life = new Life();
    const { runId, hostId } = await life.inStage("Burn");
    life.reporter(hostId, "os-1");
    expect(life.run(runId).state).toBe("Burn");
  });

  test("pstore that has come is not asked for again", async () => {
    const life = new Life();
    const { runId } = await life.inStage("Burn");
    const claim = value(life.claimWith(life.bootToken(), "live-2"));
    const evidence = {
      stage: null,
      kind: "pstore" as const,
      name: "pstore.txt",
      text: "",
      truncated: false,
    };
    value(life.service.submitEvidence(runId, { ...evidence, sequence: 5000 }));
    const again = value(life.claimWith("x", "live-2", claim.runToken));
    expect(again.collectResetEvidence).toBe(false);
  });
});

const CLOCK_SET = [
  ["forward", 7200],
  ["back", -7200],
] as const;

describe("Agent falls silent", () => {
  test("is shown at once as silent since, and any post ends it", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    life.beat(runId);
    const heard = life.iso();
    life.advance(61);
    await life.service.tick();
    expect(life.run(runId).silentSince).toBe(heard);
    const told = life.published.findLast(({ type }) => type === "run");
    expect(told).toMatchObject({ run: { silentSince: heard } });
    await life.samples(runId, "CPUStress", [[0, 50]]);
    expect(life.run(runId).silentSince).toBeNull();
  });

  test("past the stage's remaining budget and a margin the stage fails: host silent", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    life.beat(runId);
    // quick: (180 + 180 + 10) s doubled, 30 s overhead, 60 s margin.
    life.advance(370 * 2 + 30 + 60);
    await life.service.tick();
    expect(life.run(runId).state).toBe("CPUStress");
    life.advance(1);
    await life.service.tick();
    expect(life.run(runId)).toMatchObject({ state: "FailedHolding", failedStage: "CPUStress" });
    expect(life.run(runId).reason).toContain("host silent");
  });

  test("a silent host that netboots after all is said to have reset: its firmware outlasted the wait", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    life.advance(3600);
    await life.service.tick();
    const claim = value(life.claimWith(life.bootToken(), "live-2"));
    expect(claim).toMatchObject({ currentState: "FailedHolding", collectResetEvidence: true });
    const { reason } = life.run(runId);
    expect(reason).toContain("(host silent): it probably hung under load. It has netbooted since");
    expect(reason).toContain("unexpected reset");
    value(life.claimWith(life.bootToken(), "live-3"));
    expect(life.run(runId).reason).toBe(reason);
  });

  test("an agent that lives after all is told to end the stage that was given up, and then waits", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    life.advance(3600);
    await life.service.tick();
    const beat = (stage: "CPUStress" | null) =>
      value(life.service.agentHeartbeat(runId, { bootId: "live-1", stage })).cmd;
    expect(beat("CPUStress")).toBe("abort_stage");
    expect(beat(null)).toBe("continue");
  });

  test("an agent that lives may take longer than the budget", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    life.advance(5000);
    life.beat(runId);
    await life.service.tick();
    expect(life.run(runId).state).toBe("CPUStress");
  });

  test("a restarted console gives agents under way their network peer again", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    const later = new Life({ store: life.store, startAt: life.now });
    expect(later.peers.size).toBe(0);
    later.service.takeUp();
    expect([...later.peers.keys()]).toEqual([runId]);
  });

  test("the console's own downtime never counts", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    life.beat(runId);
    const later = new Life({ store: life.store, startAt: life.now + 3 * 3600_000 });
    await later.service.tick();
    expect(later.run(runId)).toMatchObject({ state: "CPUStress", silentSince: null });
    later.advance(900);
    await later.service.tick();
    expect(later.run(runId).state).toBe("FailedHolding");
  });

  test.each(CLOCK_SET)(
    "a clock set %s by two hours hangs nobody; silence is counted anew from there",
    async (_way, bySeconds) => {
      const life = new Life();
      const { runId } = await life.inStage("CPUStress");
      life.beat(runId);
      life.advance(30);
      life.setClock(bySeconds);
      await life.service.tick();
      expect(life.run(runId)).toMatchObject({ state: "CPUStress", silentSince: null });
      expect(life.jumps).toEqual([bySeconds * 1000]);
      life.advance(61);
      await life.service.tick();
      const since = life.run(runId).silentSince;
      expect(since).not.toBeNull();
      expect(Date.parse(since ?? "")).toBeLessThanOrEqual(life.now - 61_000);
      life.advance(900);
      await life.service.tick();
      expect(life.run(runId)).toMatchObject({ state: "FailedHolding", failedStage: "CPUStress" });
      expect(life.run(runId).reason).toContain("gave no sign of life for 961 s");
    },
  );

  test.each(CLOCK_SET)(
    "a clock set %s by two hours does not time out a boot, and does not let it wait for ever",
    async (_way, bySeconds) => {
      const life = new Life();
      const hostId = life.enrol();
      const { id } = await life.start(hostId, { start: "wake" });
      await life.service.tick();
      const { state } = life.run(id);
      life.setClock(bySeconds);
      await life.service.tick();
      expect(life.run(id).state).toBe(state);
      life.advance(life.config.boot.timeoutMinutes * 60 + 1);
      await life.service.tick();
      expect(life.run(id)).toMatchObject({ state: "Failed", failedStage: "boot" });
    },
  );
});

describe("A fail threshold is breached", () => {
  const hot = [
    [0, 101],
    [5, 103],
    [10, 102],
  ] as const;

  test("the answer to /sensor tells it, heartbeats abort the stage, and a claimed pass is a fail", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    const answer = await life.samples(runId, "CPUStress", hot, { critical: 100 });
    expect(answer.breaches).toEqual([{ sensor: "cpu.package.temp", value: 103, limit: 100 }]);
    expect(life.beat(runId)).toBe("abort_stage");
    const result = value(life.post(runId, { stage: "CPUStress" }));
    expect(result.nextState).toBe("FailedHolding");
    expect(result.judged).toContain("cpu.package.temp reached 103 °C");
  });

  test("stands at /result even when the last samples were fine again", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    await life.samples(runId, "CPUStress", [...hot, [12, 60]], { critical: 100 });
    expect(value(life.post(runId, { stage: "CPUStress" })).nextState).toBe("FailedHolding");
  });

  test("between the last sample and the result", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    const answer = await life.samples(runId, "CPUStress", [[0, 101]], { critical: 100 });
    expect(answer.breaches).toEqual([]);
    const late = { stage: "CPUStress" as const, endedAt: life.iso(11) };
    expect(value(life.post(runId, late)).nextState).toBe("FailedHolding");
  });

  test("a warn breach is recorded and fails nothing", async () => {
    const thresholds = [{ sensor: "fan.*", min: 500, severity: "warn" }];
    const life = new Life({ config: { thresholds } });
    const { runId } = await life.inStage("CPUStress");
    const answer = await life.samples(runId, "CPUStress", [[0, 10]], { sensor: "fan.speed[1]" });
    expect(answer.breaches).toEqual([]);
    expect(life.pass(runId, "CPUStress")).toBe("Storage");
    const attempt = life.run(runId).stages.find(({ stage }) => stage === "CPUStress");
    expect(attempt?.breaches).toMatchObject([{ severity: "warn", value: 10, limit: 500 }]);
  });

  test("a streak survives a restart of the console", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    await life.samples(runId, "CPUStress", hot.slice(0, 2), { critical: 100 });
    const later = new Life({ store: life.store, startAt: life.now });
    const answer = await later.samples(runId, "CPUStress", [[10, 102]], {
      critical: 100,
      first: 700,
    });
    expect(answer.breaches).toHaveLength(1);
  });

  test("a repeated batch gets its first answer and stores nothing twice", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    const first = await life.samples(runId, "CPUStress", hot, { critical: 100, first: 500 });
    expect(await life.samples(runId, "CPUStress", hot, { critical: 100, first: 500 })).toEqual(
      first,
    );
    expect(life.run(runId).sensors).toMatchObject([{ samples: 3 }]);
  });

  test("a repeated batch gets its first answer even when the run is over by then", async () => {
    const life = new Life();
    const { runId } = await life.holding();
    const first = await life.samples(runId, "CPUStress", hot, { first: 500 });
    value(life.service.cancelRun(runId));
    expect(await life.samples(runId, "CPUStress", hot, { first: 500 })).toEqual(first);
    const late = life.samples(runId, "CPUStress", hot, { first: 600 });
    await expect(late).rejects.toThrow("run-dead");
  });
});
