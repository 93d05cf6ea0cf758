// biome-ignore-all lint/correctness/noComponentHookFactories: stages are no React components.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STAGES } from "../../contract/stages.ts";
import { createRig, eventually, PASSED, stages, untilAborted } from "./agent-rig.ts";

/** Every sequence from 1 to the highest was stored, and none held two things. */
function expectNoGapsNorDoubles(console: Awaited<ReturnType<typeof createRig>>["console"]): void {
  const numbers = [
    ...console.samples.keys(),
    ...console.lines.keys(),
    ...console.results.map(({ sequence }) => sequence),
    ...console.evidence.map(({ sequence }) => sequence),
  ].sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
  expect(console.clashes).toEqual([]);
}

describe("a console that is not there", () => {
  test("the claim is repeated until it answers", async () => {
    const { console, start, printed } = await createRig();
    console.down = true;
    const agent = start();
    await expect
      .poll(() => printed.filter((line) => line.includes("cannot be reached")))
      .toHaveLength(1);
    console.down = false;
    expect(await agent.exitCode).toBe(0);
    expect(console.state).toBe("Passed");
  });

  test("an outage in the middle of a stage loses nothing and doubles nothing", async () => {
    const { console, start } = await createRig();
    let sampled = 0;
    const agent = start({
      stages: stages({
        CPUStress: async (ctx) => {
          console.down = true;
          for (; sampled < 200; sampled += 1) {
            ctx.sample({ sensor: "count", value: sampled, unit: "1" });
            await ctx.clock.sleep(0.001);
          }
          setTimeout(() => {
            console.down = false;
          }, 60);
          return PASSED;
        },
      }),
    });
    await agent.exitCode;
    const counted = [...console.samples.values()].filter(({ sensor }) => sensor === "count");
    expect(counted.map(({ value }) => value)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(console.results.map(({ stage }) => stage)).toEqual([...STAGES]);
    expectNoGapsNorDoubles(console);
  });

  test("a lost acknowledgement is a repeat under the same sequences, not a second artifact", async () => {
    const { console, start } = await createRig();
    console.troubleWith("result", "lost-answer", 2);
    console.troubleWith("sensor", "lost-answer", 2);
    console.troubleWith("log", "lost-answer", 2);
    await start().exitCode;
    const sent = console.posts("result").map(({ body }) => body.sequence as number);
    expect(sent.filter((sequence) => sequence === sent[0])).toHaveLength(3);
    expect(console.results.map(({ stage }) => stage)).toEqual([...STAGES]);
    expectNoGapsNorDoubles(console);
  });

  test("a full disk and faults of the console are waited out", async () => {
    const { console, start } = await createRig();
    console.troubleWith("result", { status: 507, body: { detail: "disk full" } }, 3);
    console.troubleWith("log", { status: 500, body: {} }, 2);
    console.troubleWith("sensor", { status: 429, body: {} }, 2);
    await start().exitCode;
    expect(console.state).toBe("Passed");
    expectNoGapsNorDoubles(console);
  });
});

describe("an agent that is restarted in the same boot", () => {
  test("claims again with its run token, and begins the stage anew", async () => {
    const { console, start } = await createRig();
    const first = start({
      stages: stages({ CPUStress: (ctx) => untilAborted(ctx).then(() => PASSED) }),
    });
    await eventually(() => console.state).toBe("CPUStress");
    expect(await first.stop()).toBe(0);
    expect(console.results.some(({ stage }) => stage === "CPUStress")).toBe(false);

    expect(await start().exitCode).toBe(0);
    const claims = console.posts("claim");
    expect(claims.map(({ bearer, status }) => [bearer, status])).toEqual([
      [null, 200],
      [console.runToken, 200],
    ]);
    expect(console.results.map(({ stage }) => stage)).toEqual([...STAGES]);
    expect(console.clashes).toEqual([]);
  });

  test("sends what waited in the spool under its old sequences, then goes on where that led", async () => {
    const { console, start } = await createRig();
    const ran: string[] = [];
    const own = stages({
      SMART: async (ctx) => {
        console.down = true;
        ctx.sample({ sensor: "kept", value: 42, unit: "1" });
        return PASSED;
      },
      CPUStress: async () => {
        ran.push("CPUStress");
        return PASSED;
      },
    });
    const first = start({ stages: own });
    await eventually(() => console.down).toBe(true);
    await first.stop();
    expect(console.state).toBe("SMART");
    console.down = false;

    await start({
      stages: stages({
        SMART: async () => {
          ran.push("SMART again");
          return PASSED;
        },
      }),
    }).exitCode;
    expect(ran).toEqual([]); // The second agent found SMART done.
    expect([...console.samples.values()].filter(({ sensor }) => sensor === "kept")).toHaveLength(1);
    expect(console.results.map(({ stage }) => stage)).toEqual([...STAGES]);
    expect(console.clashes).toEqual([]);
  });

  test("a fresh boot token means a new claim, whatever lies in the folder", async () => {
    const { console, start } = await createRig();
    const first = start({
      stages: stages({ SMART: (ctx) => untilAborted(ctx).then(() => PASSED) }),
    });
    await eventually(() => console.state).toBe("SMART");
    await first.stop();
    const second = start({ config: { bootToken: "boot-token-0002", bootId: "boot-2" } });
    await eventually(() => console.posts("claim").at(-1)?.body.bootToken).toBe("boot-token-0002");
    expect(console.posts("claim").at(-1)?.bearer).toBeNull();
    await second.stop();
  });
});

describe("the state folder", () => {
  test("is for root alone, and so are the token and the spool in it", async () => {
    const { console, start, stateDir } = await createRig();
    const agent = start({
      stages: stages({ SMART: (ctx) => untilAborted(ctx).then(() => PASSED) }),
    });
    await eventually(() => console.state).toBe("SMART");
    expect(statSync(stateDir).mode & 0o777).toBe(0o700);
    expect(existsSync(join(stateDir, "run.json"))).toBe(true);
    for (const name of readdirSync(stateDir)) {
      expect([name, statSync(join(stateDir, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    await agent.stop();
  });
});

describe("what the console will never take", () => {
  test("a batch that is too large is split", async () => {
    const { console, start } = await createRig();
    console.troubleWith("sensor", { status: 413, body: { detail: "too many" } }, 2);
    await start({
      stages: stages({
        Inventory: async (ctx) => {
          for (let value = 0; value < 100; value += 1)
            ctx.sample({ sensor: "count", value, unit: "1" });
          return PASSED;
        },
      }),
    }).exitCode;
    const counted = [...console.samples.values()].filter(({ sensor }) => sensor === "count");
    expect(counted).toHaveLength(100);
    expectNoGapsNorDoubles(console);
  });

  test("refused samples are given up, counted, and the count is reported", async () => {
    const { console, start } = await createRig();
    console.troubleWith("sensor", { status: 400, body: { detail: "no" } });
    await start().exitCode;
    expect(console.state).toBe("Passed");
    const [refused] = console.posts("sensor");
    expect(refused?.status).toBe(400);
    expect(console.droppedSamples).toBe(refused?.body.samples.length);
    const said = [...console.lines.values()].map(({ text }) => text);
    expect(said.some((text) => /samples were dropped/.test(text))).toBe(true);
  });

  test("a refused result is replaced by an error, so that the run does not stay in the stage", async () => {
    const { console, start } = await createRig();
    console.troubleWith("result", { status: 400, body: { detail: "proof.0.unit: too long" } });
    start();
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.results).toMatchObject([
      { stage: "Inventory", status: "error", result: "not_applicable" },
    ]);
    expect(console.results[0]?.reason).toContain("proof.0.unit: too long");
  });

  test("a token that counts no more is claimed anew once, then the agent gives up for its unit to restart it", async () => {
    const { console, start } = await createRig();
    const agent = start({
      stages: stages({ SMART: (ctx) => untilAborted(ctx).then(() => PASSED) }),
    });
    await eventually(() => console.state).toBe("SMART");
    console.runToken = "another-token-altogether";
    expect(await agent.exitCode).toBe(1);
    expect(console.posts("claim").filter(({ status }) => status === 401)).toHaveLength(1);
  });
});
