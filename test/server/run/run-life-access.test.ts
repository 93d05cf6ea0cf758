import { describe, expect, test } from "vitest";
import type { AgentHeartbeatRequest, HostAccess } from "../../../contract/agent-api.ts";
import { agentHeartbeatRequestSchema } from "../../../contract/agent-api.ts";
import { Life, MAC, value } from "./life.ts";

const ACCESS: HostAccess = {
  user: "root",
  addresses: ["10.0.0.7", "fd00::7"],
  port: 22,
  hostKeyFingerprint: `SHA256:${"Ab+/".repeat(10)}abc`,
};

function beat(life: Life, runId: number, access: HostAccess | null, bootId = "live-1") {
  return value(life.service.agentHeartbeat(runId, { bootId, access }));
}

async function opened() {
  const life = new Life();
  const held = await life.holding("Storage");
  beat(life, held.runId, ACCESS);
  expect(life.run(held.runId).access).toEqual(ACCESS);
  return { life, ...held };
}

describe("the way into a held host", () => {
  test("is shown as its agent tells it, and the stream says so", async () => {
    const { life, runId } = await opened();
    const before = life.run(runId);
    beat(life, runId, null);
    expect({ ...before, access: null }).toEqual(life.run(runId));
  });

  test("is told by nobody outside a hold", async () => {
    const life = new Life();
    const { runId } = await life.inStage("SMART");
    beat(life, runId, ACCESS);
    expect(life.run(runId).access).toBeNull();
  });

  test("stays while an agent says nothing about it", async () => {
    const { life, runId } = await opened();
    life.beat(runId);
    expect(life.run(runId).access).toEqual(ACCESS);
  });

  test("ends with an override at once, whatever the agent still says", async () => {
    const { life, runId } = await opened();
    value(life.service.overrideRun(runId, "a loose cable"));
    expect(life.run(runId).access).toBeNull();
    beat(life, runId, ACCESS);
    expect(life.run(runId).access).toBeNull();
  });

  test("ends with a cancel", async () => {
    const { life, runId } = await opened();
    value(life.service.cancelRun(runId));
    expect(life.run(runId).access).toBeNull();
  });

  test("ends when the held host boots anew", async () => {
    const { life, runId } = await opened();
    value(life.claimWith(life.bootToken(), "live-2"));
    expect(life.run(runId).state).toBe("FailedHolding");
    expect(life.run(runId).access).toBeNull();
  });

  test("that is none is refused: a command to copy is made of it", () => {
    const parse = (change: Partial<HostAccess>) =>
      agentHeartbeatRequestSchema.safeParse({
        bootId: "live-1",
        access: { ...ACCESS, ...change },
      } satisfies AgentHeartbeatRequest).success;
    expect(parse({})).toBe(true);
    expect(parse({ addresses: ["10.0.0.7; reboot"] })).toBe(false);
    expect(parse({ user: "-oProxyCommand=x" })).toBe(false);
    expect(parse({ hostKeyFingerprint: "SHA256:short" })).toBe(false);
  });
});

describe("what else was done on a held host", () => {
  const LIT = { chassisLed: "lit", noLogin: "No SSH keys are configured." } as const;

  test("is shown as its agent tells it, and goes with the hold", async () => {
    const { life, runId } = await opened();
    expect(life.run(runId).hold).toBeNull();
    value(life.service.agentHeartbeat(runId, { bootId: "live-1", access: null, hold: LIT }));
    expect(life.run(runId)).toMatchObject({ access: null, hold: LIT });
    life.beat(runId);
    expect(life.run(runId).hold).toEqual(LIT);
    value(life.service.overrideRun(runId, "a loose cable"));
    expect(life.run(runId).hold).toBeNull();
  });

  test("is told by nobody outside a hold", async () => {
    const life = new Life();
    const { runId } = await life.inStage("SMART");
    value(life.service.agentHeartbeat(runId, { bootId: "live-1", hold: LIT }));
    expect(life.run(runId).hold).toBeNull();
  });
});

describe("a claim", () => {
  test("carries the host's name for its monitor, and on a hold where it failed", async () => {
    const { life, runId, claim } = await opened();
    expect(claim).toMatchObject({ hostName: `host-${MAC.slice(-2)}`, failedStage: null });
    const again = value(life.claimWith("", "live-1", claim.runToken));
    expect(again).toMatchObject({ runId, failedStage: "Storage", holdReason: "It broke." });
  });
});

test("the answer to the last result carries the verdict", async () => {
  const life = new Life();
  const { runId } = await life.inStage("Reporting");
  expect(value(life.post(runId, { stage: "Reporting" }))).toEqual({
    nextState: "Passed",
    verdict: "pass",
  });
});
