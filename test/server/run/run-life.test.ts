import { describe, expect, test } from "vitest";
import type { Inventory } from "../../../contract/inventory.ts";
import { STAGES } from "../../../contract/stages.ts";
import { hostSpecSchema } from "../../../contract/vetting-config.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { failure, Life, MAC, START_REQUEST, value } from "./life.ts";

describe("Start", () => {
  test("queues a run and dispatches it to the reporter at once", async () => {
    const life = new Life();
    const run = await life.start(life.enrol(), { operator: "Ada", ticket: "HW-7" });
    expect(run).toMatchObject({ state: "WaitingReboot", operator: "Ada", ticket: "HW-7" });
  });

  test("is refused when the host has not heartbeated within 60 s, and points at quick.sh", async () => {
    const life = new Life();
    const hostId = life.enrol();
    life.advance(61);
    const refused = failure(await life.service.startRun(hostId, START_REQUEST));
    expect(refused.kind).toBe("host-offline");
    expect(refused.detail).toContain("/register/quick.sh");
    life.reporter(hostId, "os-1");
    life.advance(60);
    expect((await life.start(hostId)).state).toBe("WaitingReboot");
  });

  test("is refused for a host that registered and never sent a heartbeat", async () => {
    const life = new Life();
    const { hostId } = value(life.service.register({ hostname: "mute", macs: [MAC] }));
    expect(failure(await life.service.startRun(hostId, START_REQUEST)).kind).toBe("host-offline");
  });

  test("is refused while a run occupies the host, holds included", async () => {
    const life = new Life();
    const { hostId } = await life.holding();
    life.reporter(hostId, "os-1");
    const refused = failure(await life.service.startRun(hostId, START_REQUEST));
    expect(refused).toMatchObject({ kind: "host-occupied" });
    expect(refused.detail).toContain("(Holding)");
  });

  test("by wake needs no reporter: a magic packet is sent, and the run waits in WaitingWoL", async () => {
    const life = new Life();
    const host = value(life.service.createHost({ mac: MAC }));
    const run = await life.start(host.id, { start: "wake" });
    expect(run).toMatchObject({ state: "WaitingWoL", warnings: [] });
    expect(life.woken).toEqual([MAC]);
  });

  test("by wake waits all the same when the packet could not be sent, and says so", async () => {
    const life = new Life({ wakeSucceeds: false });
    const host = value(life.service.createHost({ mac: MAC }));
    const run = await life.start(host.id, { start: "wake" });
    expect(run.state).toBe("WaitingWoL");
    expect(run.warnings.join()).toContain("power the host on by hand");
  });

  test("names the profiles there are when asked for another", async () => {
    const life = new Life();
    const refused = failure(
      await life.service.startRun(life.enrol(), { ...START_REQUEST, profile: "brisk" }),
    );
    expect(refused).toMatchObject({ kind: "unknown-profile" });
    expect(refused.detail).toContain("quick, deep, soak");
  });

  test("is refused while the console's disk is nearly full", async () => {
    const life = new Life({ freeDiskBytes: 100 * 1024 * 1024 });
    const refused = failure(await life.service.startRun(life.enrol(), START_REQUEST));
    expect(refused).toMatchObject({ kind: "disk-full" });
    expect(refused.detail).toContain("100 MiB");
  });

  test("copies parameters and thresholds to the run", async () => {
    const life = new Life();
    const run = life.run((await life.start(life.enrol())).id);
    expect(run.params.CPUStress).toMatchObject({ cpuSeconds: 180 });
    expect(run.thresholds).toEqual(life.config.thresholds);
  });
});

describe("Dispatch", () => {
  test("lets no more runs begin than the limit; holds take no slot", async () => {
    const life = new Life({ config: { dispatcher: { maxConcurrentRuns: 1 } } });
    const { runId } = await life.claimed();
    const second = life.enrol("52:54:00:00:00:02");
    const queued = await life.start(second);
    expect(queued.state).toBe("Queued");
    value(life.post(runId, { stage: "Inventory", result: "fail" }));
    expect(life.run(runId).state).toBe("FailedHolding");
    await life.service.tick();
    expect(life.run(queued.id).state).toBe("WaitingReboot");
  });

  test("re-checks last-seen: a host gone stale in the queue fails with failed_stage dispatch, and never loops", async () => {
    const life = new Life({ config: { dispatcher: { maxConcurrentRuns: 1 } } });
    const first = await life.claimed();
    const queued = await life.start(life.enrol("52:54:00:00:00:02"));
    life.advance(61);
    value(life.service.cancelRun(first.runId));
    await life.service.tick();
    const run = life.run(queued.id);
    expect(run).toMatchObject({ state: "Failed", failedStage: "dispatch", verdict: "incomplete" });
    expect(run.reason).toContain("quick.sh");
    await life.service.tick();
    expect(life.run(queued.id).state).toBe("Failed");
  });

  test("a run cancelled while another's magic packet is on its way stays cancelled", async () => {
    const life = new Life({ config: { dispatcher: { maxConcurrentRuns: 1 } } });
    const first = await life.claimed();
    const waking = await life.start(life.enrol("52:54:00:00:00:02"), { start: "wake" });
    const queued = await life.start(life.enrol("52:54:00:00:00:03"));
    life.config.dispatcher.maxConcurrentRuns = 2;
    value(life.service.cancelRun(first.runId));
    const ticking = life.service.tick();
    value(life.service.cancelRun(queued.id));
    await ticking;
    expect(life.run(waking.id).state).toBe("WaitingWoL");
    expect(life.run(queued.id).state).toBe("Cancelled");
  });

  test("goes oldest first", async () => {
    const life = new Life({ config: { dispatcher: { maxConcurrentRuns: 1 } } });
    const first = await life.claimed();
    const second = await life.start(life.enrol("52:54:00:00:00:02"));
    const third = await life.start(life.enrol("52:54:00:00:00:03"));
    value(life.service.cancelRun(first.runId));
    await life.service.tick();
    expect([life.run(second.id).state, life.run(third.id).state]).toEqual([
      "WaitingReboot",
      "Queued",
    ]);
  });
});

describe("Reboot command", () => {
  test("is given to a waiting host and repeated to the boot id that first got it", async () => {
    const life = new Life();
    const hostId = life.enrol();
    expect(life.reporter(hostId, "os-1")).toBe("none");
    await life.start(hostId);
    expect(life.reporter(hostId, "os-1")).toBe("reboot_for_vetting");
    expect(life.reporter(hostId, "os-1")).toBe("reboot_for_vetting");
  });

  test.each(["WaitingReboot", "Booting"])(
    "a new OS boot id in %s means that the network boot did not happen: Failed, boot, no loop",
    async (state) => {
      const life = new Life();
      const hostId = life.enrol();
      const { id } = await life.start(hostId);
      life.reporter(hostId, "os-1");
      if (state === "Booting") life.bootToken();
      expect(life.run(id).state).toBe(state);
      expect(life.reporter(hostId, "os-2")).toBe("none");
      expect(life.run(id)).toMatchObject({ state: "Failed", failedStage: "boot" });
      expect(life.reporter(hostId, "os-2")).toBe("none");
      const steps = value(life.service.host(hostId)).boots[0]?.events.map(({ step }) => step);
      expect(steps).toContain("commanded");
      expect(steps?.at(-1)).toBe("problem");
    },
  );

  test("a reporter that cannot reboot into the network is shown on the run", async () => {
    const life = new Life();
    const hostId = life.enrol();
    const { id } = await life.start(hostId);
    life.reporter(hostId, "os-1");
    life.service.reporterHeartbeat(hostId, { bootId: "os-1", rebootProblem: "no efibootmgr" });
    expect(life.run(id).warnings.join()).toContain("no efibootmgr");
  });

  test("a boot that never comes fails after boot.timeoutMinutes, with failed_stage boot", async () => {
    const life = new Life();
    const hostId = life.enrol();
    const { id } = await life.start(hostId);
    life.advance(15 * 60);
    await life.service.tick();
    expect(life.run(id).state).toBe("WaitingReboot");
    life.advance(1);
    await life.service.tick();
    expect(life.run(id)).toMatchObject({ state: "Failed", failedStage: "boot" });
    expect(life.run(id).reason).toContain("15 min");
  });
});

describe("Boot script", () => {
  test("an unknown machine boots from its disk and is listed as discovered", () => {
    const life = new Life();
    const query = { mac: MAC, uuid: "u", platform: "efi", buildarch: "x86_64" };
    expect(life.service.decideBoot(query).kind).toBe("local-disk");
    expect(life.store.discovered.list()).toMatchObject([{ mac: MAC, uuid: "u" }]);
  });

  test("an enrolled host without a run, or with a queued one, boots from its disk", async () => {
    const life = new Life({ config: { dispatcher: { maxConcurrentRuns: 1 } } });
    await life.claimed();
    const other = "52:54:00:00:00:02";
    const hostId = life.enrol(other);
    const decide = () =>
      life.service.decideBoot({ mac: other, uuid: null, platform: null, buildarch: null }).kind;
    expect(decide()).toBe("local-disk");
    const { id } = await life.start(hostId);
    expect(decide()).toBe("local-disk");
    expect(life.store.boots.listAttemptsOfRun(id).flatMap(({ events }) => events)).toMatchObject([
      { step: "local_disk" },
    ]);
  });

  test("a second fetch revokes the first token and is shown", async () => {
    const life = new Life();
    const { id } = await life.start(life.enrol());
    const first = life.bootToken();
    const second = life.bootToken();
    expect(life.run(id).warnings.join()).toContain("fetched again");
    expect(failure(life.claimWith(first)).kind).toBe("boot-token-refused");
    expect(value(life.claimWith(second)).currentState).toBe("Inventory");
  });

  test("a used token without the bearer is refused and shown", async () => {
    const life = new Life();
    const { id } = await life.start(life.enrol());
    const token = life.bootToken();
    value(life.claimWith(token));
    expect(failure(life.claimWith(token)).kind).toBe("boot-token-refused");
    expect(life.run(id).warnings.join()).toContain("second time");
    expect(life.run(id).state).toBe("Inventory");
  });

  test("a token is bound to its MAC", async () => {
    const life = new Life();
    await life.start(life.enrol());
    const refused = life.claimWith(life.bootToken(), "live-1", null, "52:54:00:99:99:99");
    expect(failure(refused).kind).toBe("boot-token-refused");
  });
});

describe("Stage result", () => {
  test("walks all eleven stages and passes", async () => {
    const life = new Life();
    const { runId, claim } = await life.claimed();
    expect(claim.stages.map(({ name }) => name)).toEqual(STAGES);
    for (const stage of STAGES) {
      expect(life.run(runId).state).toBe(stage);
      life.pass(runId, stage);
    }
    expect(life.run(runId)).toMatchObject({ state: "Passed", verdict: "pass", failedStage: null });
    expect(life.beat(runId)).toBe("power_off");
  });

  test("after a pass the host does what Start said", async () => {
    const life = new Life();
    const { runId } = await life.claimed({ afterPass: "reboot" });
    for (const stage of STAGES) life.pass(runId, stage);
    expect(life.beat(runId)).toBe("reboot");
  });

  test("that names another stage is a 409, and parks under '<got> (expected <expected>)'", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    const refused = failure(life.post(runId, { stage: "Inventory" }));
    expect(refused).toMatchObject({ kind: "stage-mismatch", nextState: "FailedHolding" });
    expect(life.run(runId)).toMatchObject({
      state: "FailedHolding",
      failedStage: "Inventory (expected CPUStress)",
    });
  });

  test("a repeat gets its first answer, before the stage guard is asked", async () => {
    const life = new Life();
    const { runId } = await life.claimed();
    const sequence = life.nextSequence();
    const first = value(life.post(runId, { stage: "Inventory", sequence }));
    expect(value(life.post(runId, { stage: "Inventory", sequence }))).toEqual(first);
    expect(life.run(runId).state).toBe("Firmware");
  });

  test("a repeated mismatch gets the same 409 again, even after the override", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    const sequence = life.nextSequence();
    const first = failure(life.post(runId, { stage: "Inventory", sequence }));
    value(life.service.overrideRun(runId, "naive agent"));
    expect(failure(life.post(runId, { stage: "Inventory", sequence }))).toEqual(first);
    expect(life.run(runId).state).toBe("CPUStress");
  });

  test("a pass without proof of stress fails the stage", async () => {
    const life = new Life();
    const { runId } = await life.inStage("CPUStress");
    const answer = value(life.post(runId, { stage: "CPUStress", proof: [] }));
    expect(answer).toMatchObject({ nextState: "FailedHolding" });
    expect(answer.judged).toContain("without proof");
    const attempt = life.run(runId).stages.at(-1);
    expect(attempt).toMatchObject({ result: "fail", claimedResult: "pass" });
  });

  test("a tool that is missing holds the run as a failure does", async () => {
    const life = new Life();
    const { runId } = await life.inStage("SMART");
    const missing = {
      stage: "SMART" as const,
      status: "error" as const,
      result: "not_applicable" as const,
      reason: "smartctl is not installed.",
    };
    expect(value(life.post(runId, missing)).nextState).toBe("FailedHolding");
    expect(life.run(runId)).toMatchObject({ failedStage: "SMART", reason: missing.reason });
  });

  test("a skip goes on, and is a gap", async () => {
    const life = new Life();
    const { runId } = await life.inStage("GPU");
    const gaps = [{ what: "GPU", why: "No GPU was found.", absent: true }];
    const skip = { status: "skipped" as const, result: "not_applicable" as const, gaps };
    expect(value(life.post(runId, { stage: "GPU", ...skip })).nextState).toBe("PSU");
    for (const stage of ["PSU", "Reporting"] as const) life.pass(runId, stage);
    expect(life.run(runId)).toMatchObject({ state: "Passed", verdict: "pass_with_gaps" });
    expect(life.run(runId).gaps).toMatchObject([{ stage: "GPU", what: "GPU" }]);
  });

  test("a sequence that belongs to another artifact is a conflict", async () => {
    const life = new Life();
    const { runId } = await life.claimed();
    await life.samples(runId, "Inventory", [[0, 40]], { first: 900 });
    expect(failure(life.post(runId, { stage: "Inventory", sequence: 900 })).kind).toBe(
      "sequence-conflict",
    );
  });
});

describe("Inventory", () => {
  const spec = hostSpecSchema.parse({ name: "r640", match: { product: "PowerEdge R640" } });
  const inventory = (product: string): Inventory => ({
    ...emptyInventory,
    system: { vendor: "Dell Inc.", product, serial: "ABC1234", uuid: null, sku: null },
  });

  test("a machine known by its MAC alone learns what it is, and gets the spec that fits", async () => {
    const life = new Life({ spec });
    const host = value(life.service.createHost({ mac: MAC }));
    const { id } = await life.start(host.id, { start: "wake" });
    const claim = value(life.claimWith(life.bootToken()));
    expect(claim.spec).toBeNull();
    const request = { sequence: 1, inventory: inventory("PowerEdge R640") };
    expect(value(life.service.submitInventory(id, request))).toEqual({ stored: true, spec });
    expect(life.run(id).spec).toBe("r640");
    expect(value(life.service.host(host.id))).toMatchObject({
      vendor: "Dell Inc.",
      product: "PowerEdge R640",
      serial: "ABC1234",
    });
  });

  test("what the reporter told of the host, and a spec that the run has, stay", async () => {
    const life = new Life({ spec: { ...spec, match: {} } });
    const { hostId } = value(
      life.service.register({ hostname: "a", macs: [MAC], product: "As the OS says" }),
    );
    life.reporter(hostId, "os-1");
    const { id } = await life.start(hostId);
    life.reporter(hostId, "os-1");
    value(life.claimWith(life.bootToken()));
    const request = { sequence: 1, inventory: inventory("Another") };
    expect(value(life.service.submitInventory(id, request)).spec?.name).toBe("r640");
    expect(value(life.service.host(hostId)).product).toBe("As the OS says");
  });
});
