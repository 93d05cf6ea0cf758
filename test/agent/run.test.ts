// biome-ignore-all lint/correctness/noComponentHookFactories: stages are no React components.
import { describe, expect, test } from "vitest";
import { STAGES } from "../../contract/stages.ts";
import { hostSpecSchema } from "../../contract/vetting-config.ts";
import { emptyInventory } from "../empty-inventory.ts";
import { createRig, eventually, FAST, PASSED, stages, untilAborted } from "./agent-rig.ts";

describe("a run without trouble", () => {
  test("walks the eleven stages in order, then obeys the final command", async () => {
    const { console, start, printed } = await createRig();
    expect(await start().exitCode).toBe(0);
    expect(console.results.map(({ stage }) => stage)).toEqual([...STAGES]);
    expect(console.results.every(({ result }) => result === "pass")).toBe(true);
    expect(console.state).toBe("Passed");
    expect(printed.at(-1)).toContain("power_off refused: not in the live image.");
  });

  test("numbers samples, log lines and results in one sequence, each number once", async () => {
    const { console, start } = await createRig();
    await start().exitCode;
    const numbers = [
      ...console.samples.keys(),
      ...console.lines.keys(),
      ...console.results.map(({ sequence }) => sequence),
    ];
    expect(console.samples.size).toBeGreaterThan(10);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBe(numbers.length);
  });

  test("a result follows the samples and lines of its stage, never before them", async () => {
    const { console, start } = await createRig();
    const agent = start({
      stages: stages({
        SMART: async (ctx) => {
          for (let value = 0; value < 700; value += 1)
            ctx.sample({ sensor: "s", value, unit: "1" });
          ctx.log("info", "the last word of SMART");
          return PASSED;
        },
      }),
    });
    await agent.exitCode;
    const order = console.seen.flatMap(({ path, body }) => {
      if (path === "result") return [`result ${body.stage}`];
      if (path === "sensor") return body.samples.map((s: { stage: string }) => `row ${s.stage}`);
      return path === "log" ? body.lines.map((l: { stage: string }) => `row ${l.stage}`) : [];
    });
    expect(order.lastIndexOf("row SMART")).toBeLessThan(order.indexOf("result SMART"));
    expect(order.filter((row) => row === "row SMART").length).toBeGreaterThan(700);
    const batches = console.posts("sensor").map(({ body }) => body.samples.length);
    expect(Math.max(...batches)).toBeLessThanOrEqual(500);
  });

  test("what one stage found is known to those after it, and Burn's readings to PSU", async () => {
    const { console, start } = await createRig();
    let seenByPsu: readonly string[] = [];
    let rows: unknown = null;
    const agent = start({
      stages: stages({
        Firmware: async (ctx) => {
          await ctx.postFirmware([
            {
              component: "bios",
              identifier: "system",
              aliases: [],
              vendor: null,
              model: null,
              version: "1",
              date: null,
              problem: null,
            },
          ]);
          return PASSED;
        },
        SpecValidate: async (ctx) => {
          rows = ctx.firmware;
          return PASSED;
        },
        Burn: async (ctx) => {
          ctx.sample({ sensor: "rail.12v", value: 12.1, unit: "V" });
          return PASSED;
        },
        PSU: async (ctx) => {
          seenByPsu = [...ctx.burnReadings().keys()];
          return PASSED;
        },
      }),
    });
    await agent.exitCode;
    expect(rows).toMatchObject([{ component: "bios", version: "1" }]);
    expect(seenByPsu).toContain("rail.12v");
    expect(console.posts("firmware")).toHaveLength(1);
  });

  test("a spec that the console finds by the inventory is there for SpecValidate", async () => {
    const { console, start } = await createRig();
    const spec = hostSpecSchema.parse({ name: "r640", expect: { disks: 8 } });
    console.specByInventory = spec;
    const specs: unknown[] = [];
    const agent = start({
      stages: stages({
        Inventory: async (ctx) => {
          specs.push(ctx.claim.spec);
          await ctx.postInventory(emptyInventory);
          return PASSED;
        },
        SpecValidate: async (ctx) => {
          specs.push(ctx.claim.spec);
          return PASSED;
        },
      }),
    });
    await agent.exitCode;
    expect(specs).toEqual([null, spec]);
  });

  test("heartbeats go on while a stage takes its time, and name it", async () => {
    const { console, start } = await createRig();
    let finish = () => {};
    const agent = start({
      stages: stages({
        CPUStress: () =>
          new Promise((resolve) => {
            finish = () => resolve(PASSED);
          }),
      }),
    });
    const during = () =>
      console.posts("heartbeat").filter(({ body }) => body.stage === "CPUStress");
    await eventually(() => during().length).toBeGreaterThan(5);
    finish();
    await agent.exitCode;
    expect(console.state).toBe("Passed");
  });

  test("samples go on while a stage takes its time, with the sensor's own limit", async () => {
    const { console, start } = await createRig();
    const agent = start({
      stages: stages({ Burn: (ctx) => untilAborted(ctx).then(() => PASSED) }),
    });
    const burning = () => [...console.samples.values()].filter(({ stage }) => stage === "Burn");
    await eventually(() => burning().length).toBeGreaterThan(5);
    expect(burning()[0]).toMatchObject({
      sensor: "cpu.package.temp",
      value: 61.5,
      unit: "Cel",
      critical: 100,
    });
    await agent.stop();
  });

  test("resumes at the state that the claim names", async () => {
    const { console, start } = await createRig();
    console.state = "Network";
    await start().exitCode;
    expect(console.results.map(({ stage }) => stage)).toEqual(
      STAGES.slice(STAGES.indexOf("Network")),
    );
  });
});

describe("whatever a stage does, an outcome comes back", () => {
  test("an exception is an error that holds the run", async () => {
    const { console, start } = await createRig();
    start({ stages: stages({ SMART: () => Promise.reject(new Error("the parser tripped")) }) });
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.results.at(-1)).toMatchObject({
      stage: "SMART",
      status: "error",
      result: "not_applicable",
      reason: "SMART broke off: the parser tripped",
    });
  });

  test("past its budget a stage is ended with an error, even when it does not listen", async () => {
    const { console, start } = await createRig();
    console.params.GPU = { seconds: 0.01, dcgmLevel: 1 };
    console.state = "GPU";
    let strays = 0;
    start({
      stages: stages({ GPU: () => new Promise(() => {}) }),
      // budgetSeconds has a minute of overhead for this stage: the margin takes it back.
      timing: { ...FAST, budgetMarginS: -59.9 },
      endMarked: () => {
        strays += 1;
        return 0;
      },
    });
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.results.at(-1)?.reason).toMatch(/GPU did not end within its budget of 60 s/);
    expect(strays).toBe(2); // Once at start, once for the stage that did not come back.
  });

  test("what a stage waits for the network is not in its budget, and the log says for how many hosts", async () => {
    const { console, start } = await createRig();
    console.params.GPU = { seconds: 0.01, dcgmLevel: 1 };
    console.state = "GPU";
    console.networkAhead = 2;
    start({
      stages: stages({
        GPU: async ({ networkTurn, signal }) => {
          const turn = await networkTurn({ mbps: null, withinS: null, signal });
          await turn?.end();
          return PASSED;
        },
      }),
      // As above: a tenth of a second is left, and the agent asks again after two.
      timing: { ...FAST, budgetMarginS: -59.9 },
    });
    await eventually(() => [...console.lines.values()].map(({ text }) => text)).toContain(
      "Waits for the network: 2 hosts test before this one.",
    );
    console.networkAhead = 0;
    await eventually(() => console.results.find(({ stage }) => stage === "GPU")?.result).toBe(
      "pass",
    );
    const said = console.posts("network-turn").map(({ body }) => (body as { turn: string }).turn);
    expect(said.at(-1)).toBe("done");
  });

  test("a report that the contract refuses becomes an error that says what is wrong with it", async () => {
    const { console, start } = await createRig();
    start({
      stages: stages({
        Storage: async () => ({
          ...PASSED,
          measurements: [{ name: "x", value: Number.NaN, unit: "1" }],
        }),
      }),
    });
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.results.at(-1)?.reason).toMatch(
      /Storage handed back a report that is none: measurements\.0\.value/,
    );
  });

  test("parameters that do not fit are an error, and the stage is not run", async () => {
    const { console, start } = await createRig();
    console.params.CPUStress = { cpuSeconds: -1 };
    let ran = false;
    start({
      stages: stages({
        CPUStress: async () => {
          ran = true;
          return PASSED;
        },
      }),
    });
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.results.at(-1)?.reason).toMatch(
      /parameters for CPUStress do not fit: .*cpuSeconds/,
    );
    expect(ran).toBe(false);
  });

  test("a reading that is no number is not sampled, and that is said once", async () => {
    const { console, start } = await createRig();
    const agent = start({
      stages: stages({
        Burn: async (ctx) => {
          for (let i = 0; i < 3; i += 1)
            ctx.sample({ sensor: "broken", value: Number.NaN, unit: "V" });
          return PASSED;
        },
      }),
    });
    await agent.exitCode;
    const said = [...console.lines.values()].filter(({ text }) =>
      text.includes("broken is not sampled"),
    );
    expect(said).toHaveLength(1);
    expect([...console.samples.values()].some(({ sensor }) => sensor === "broken")).toBe(false);
    expect(console.state).toBe("Passed");
  });
});
