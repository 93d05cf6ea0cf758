// biome-ignore-all lint/correctness/noComponentHookFactories: stages are no React components.
import { describe, expect, test } from "vitest";
import { markedProcesses } from "../../agent/tools/process-group.ts";
import { createRunCommand } from "../../agent/tools/run-command.ts";
import { createRig, eventually, fakeRun, PASSED, stages, untilAborted } from "./agent-rig.ts";

const failing = async () => ({
  status: "complete" as const,
  result: "fail" as const,
  summary: "bad sectors",
  reason: "Disk sda has bad sectors.",
});

describe("a stage that fails", () => {
  test("has its evidence captured first, then its result posted, then the run holds and heartbeats go on", async () => {
    const { console, start } = await createRig();
    const calls: string[] = [];
    const agent = start({
      run: fakeRun(calls, {
        dmesg: () => ({
          stdout: "BOOT_IMAGE=x vetting.boot=boot-token-0001 quiet\nI/O error, dev sda\n",
        }),
        ip: () => ({ stdout: "1: lo: <LOOPBACK>\n" }),
        badblocks: () => ({ stdout: "12345\n", exitCode: 0, elapsedS: 2 }),
      }),
      stages: stages({
        Storage: async (ctx) => {
          ctx.sample({ sensor: "disk.temp[sda]", value: 40, unit: "Cel" });
          await ctx.run("badblocks", ["-sv", "/dev/sda"]);
          return failing();
        },
      }),
    });
    await eventually(() => console.state).toBe("FailedHolding");
    const result = console.results.at(-1)?.sequence ?? 0;
    expect(
      console.evidence.every(({ sequence, stage }) => sequence < result && stage === "Storage"),
    ).toBe(true);
    const text = Object.fromEntries(console.evidence.map(({ kind, text }) => [kind, text]));
    expect(Object.keys(text).sort()).toEqual(["dmesg", "interfaces", "samples", "tool-output"]);
    expect(text.dmesg).toContain("I/O error, dev sda");
    expect(text.dmesg).toContain("vetting.boot=[redacted] quiet");
    expect(text["tool-output"]).toContain(
      "$ badblocks -sv /dev/sda\n# exit code 0 after 2.0 s\n--- stdout\n12345",
    );
    expect(text.samples).toMatch(/,disk\.temp\[sda\],40\n/);
    const beats = console.posts("heartbeat").length;
    await eventually(() => console.posts("heartbeat").length).toBeGreaterThan(beats + 3);
    expect(await agent.stop()).toBe(0);
  });

  test("enters the stage again on an override, once, and goes on from there", async () => {
    const { console, start } = await createRig();
    let attempts = 0;
    const agent = start({
      stages: stages({
        SMART: async () => {
          attempts += 1;
          return attempts === 1 ? failing() : PASSED;
        },
      }),
    });
    await eventually(() => console.state).toBe("FailedHolding");
    console.override();
    expect(await agent.exitCode).toBe(0);
    expect(attempts).toBe(2);
    expect(console.state).toBe("Passed");
  });

  test("stays on its hold over a restart of the agent", async () => {
    const { console, start } = await createRig();
    let attempts = 0;
    const own = stages({
      SMART: async () => {
        attempts += 1;
        return failing();
      },
    });
    const first = start({ stages: own });
    await eventually(() => console.state).toBe("FailedHolding");
    await first.stop();
    const second = start({ stages: own });
    const beats = console.posts("heartbeat").length;
    await eventually(() => console.posts("heartbeat").length).toBeGreaterThan(beats + 3);
    expect(attempts).toBe(1);
    console.override();
    await eventually(() => attempts).toBe(2);
    await second.stop();
  });

  test("a pass that the console judges a fail is held too, with evidence, and heeds its override", async () => {
    const { console, start } = await createRig();
    console.distrusts.add("CPUStress");
    const agent = start();
    await eventually(() => console.evidence.length).toBeGreaterThan(0);
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.evidence.every(({ stage }) => stage === "CPUStress")).toBe(true);
    console.override();
    expect(await agent.exitCode).toBe(0);
    expect(console.state).toBe("Passed");
  });

  test("an override that comes while such evidence is under way is not lost", async () => {
    const { console, start } = await createRig();
    console.distrusts.add("CPUStress");
    console.heartbeatSeconds = 3600; // Only the question after the evidence can tell.
    const calls: string[] = [];
    const run = fakeRun(calls, {
      dmesg: () => {
        if (console.state === "FailedHolding") console.override();
        return { stdout: "nothing\n" };
      },
    });
    start({ run });
    await eventually(() => console.state).toBe("Passed");
  });
});

describe("a mismatch of stages", () => {
  test("parks the run; after an override the expected stage is walked", async () => {
    const { console, start } = await createRig();
    const agent = start({
      stages: stages({
        SMART: async () => {
          if (console.results.length === 3) console.state = "CPUStress"; // The console lost a stage.
          return PASSED;
        },
      }),
    });
    await expect
      .poll(() => console.posts("result").some(({ status }) => status === 409))
      .toBe(true);
    expect(console.state).toBe("FailedHolding");
    console.override();
    expect(await agent.exitCode).toBe(0);
    expect(console.results.map(({ stage }) => stage)).not.toContain("SMART");
    expect(console.state).toBe("Passed");
  });
});

describe("abort of a stage", () => {
  const burning = stages({
    Burn: async (ctx) => {
      await untilAborted(ctx);
      return { ...PASSED, summary: "ended early" };
    },
  });

  test("by the answer to its samples: it ends as a fail with the breach as reason", async () => {
    const { console, start } = await createRig();
    console.heartbeatSeconds = 3600;
    const agent = start({ stages: burning });
    await eventually(() => console.state).toBe("Burn");
    console.breaches = [{ sensor: "cpu.package.temp", value: 104, limit: 100 }];
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.results.at(-1)).toMatchObject({
      stage: "Burn",
      status: "complete",
      result: "fail",
      reason: "cpu.package.temp reached 104 °C, beyond its limit of 100 °C.",
      proof: [{ what: "part" }],
    });
    await agent.stop();
  });

  test("by a heartbeat, in the console's words", async () => {
    const { console, start } = await createRig();
    const agent = start({ stages: burning, readSensors: () => Promise.resolve([]) });
    await eventually(() => console.state).toBe("Burn");
    console.breaches = [{ sensor: "fan", value: 0, limit: 500 }];
    await eventually(() => console.state).toBe("FailedHolding");
    expect(console.results.at(-1)?.reason).toBe("fan is beyond its limit.");
    await agent.stop();
  });
});

describe("cancel in the middle of a stage", () => {
  test("ends the whole process group within 2 s, posts the outcome, then powers off", async () => {
    const { console, start } = await createRig();
    const owner = `agent-test-${process.pid}`;
    const own = stages({
      CPUStress: async (ctx) => {
        // Neither the shell nor its children listen to SIGTERM.
        const script = 'trap "" TERM; sleep 300 & sleep 300 & while :; do sleep 0.1; done';
        await ctx.run("sh", ["-c", script], { expendable: true });
        return PASSED;
      },
    });
    const agent = start({ stages: own, run: createRunCommand({ owner }) });
    await eventually(() => markedProcesses(owner).length).toBeGreaterThanOrEqual(3);
    const toldAt = performance.now();
    console.cancel();
    await eventually(() => markedProcesses(owner).length).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(2000 + console.heartbeatSeconds * 1000);
    expect(await agent.exitCode).toBe(0);
    expect(console.results.at(-1)).toMatchObject({
      stage: "CPUStress",
      status: "cancelled",
      result: "not_applicable",
    });
    expect(console.cancelAcknowledged).toBe(true);
  });

  test("from a hold the order is to reboot, and no outcome is posted", async () => {
    const { console, start, printed } = await createRig();
    const agent = start({ stages: stages({ GPU: failing }) });
    await eventually(() => console.state).toBe("FailedHolding");
    const results = console.results.length;
    console.cancel();
    expect(await agent.exitCode).toBe(0);
    expect(console.results).toHaveLength(results);
    expect(printed.at(-1)).toContain("reboot refused: not in the live image.");
  });
});

describe("final commands", () => {
  const power = { systemctl: () => ({}) };

  test("in the live image: announced first, then done", async () => {
    const { console, start } = await createRig();
    console.afterPass = "reboot";
    const calls: string[] = [];
    const announced: unknown[] = [];
    const agent = start({
      run: fakeRun(calls, {
        systemctl: () => {
          announced.push(console.obeyed);
          return {};
        },
      }),
      config: { liveImage: true },
    });
    expect(await agent.exitCode).toBe(0);
    expect(calls.filter((call) => call.startsWith("systemctl"))).toEqual(["systemctl reboot"]);
    expect(announced).toEqual(["reboot"]);
  });

  test("outside the live image: nothing is called, nothing announced, the agent ends well", async () => {
    const { console, start } = await createRig();
    const calls: string[] = [];
    expect(await start({ run: fakeRun(calls, power) }).exitCode).toBe(0);
    expect(calls.filter((call) => /systemctl|reboot|poweroff/.test(call))).toEqual([]);
    expect(console.obeyed).toBeNull();
  });

  test("when systemctl fails the harder ways are tried, and a failure of all is no success", async () => {
    const { start } = await createRig();
    const calls: string[] = [];
    const failingPower = { systemctl: () => ({ exitCode: 1 }), poweroff: () => ({ exitCode: 1 }) };
    expect(
      await start({ run: fakeRun(calls, failingPower), config: { liveImage: true } }).exitCode,
    ).toBe(1);
    expect(calls.slice(-3)).toEqual(["systemctl poweroff", "poweroff", "poweroff -f"]);
  });

  test("a claim for a dead run is answered by its `do`", async () => {
    const { console, start } = await createRig();
    console.state = "Cancelled";
    const calls: string[] = [];
    expect(await start({ run: fakeRun(calls, power), config: { liveImage: true } }).exitCode).toBe(
      0,
    );
    expect(calls).toEqual(["systemctl poweroff"]);
  });

  test("a post for a dead run ends the stage and is answered by its `do`", async () => {
    const { console, start } = await createRig();
    console.heartbeatSeconds = 3600;
    const calls: string[] = [];
    const agent = start({
      run: fakeRun(calls, power),
      config: { liveImage: true },
      stages: stages({ SMART: (ctx) => untilAborted(ctx).then(() => PASSED) }),
    });
    await eventually(() => console.state).toBe("SMART");
    console.failedStage = "SMART";
    console.cancelAcknowledged = true;
    console.state = "Cancelled";
    expect(await agent.exitCode).toBe(0);
    expect(calls).toContain("systemctl reboot");
    expect(console.results.map(({ stage }) => stage)).not.toContain("SMART");
  });
});

describe("a host that reset by itself", () => {
  test("collects what the crash left, then parks", async () => {
    const { console, start } = await createRig();
    console.state = "FailedHolding";
    console.collectResetEvidence = true;
    const agent = start();
    await eventually(() => console.evidence.length).toBe(1);
    expect(console.evidence[0]).toMatchObject({
      kind: "pstore",
      text: "The kernel left nothing in pstore.\n",
    });
    await agent.stop();
    expect(console.results).toEqual([]);
  });
});

describe("SIGTERM", () => {
  test("ends the stage's programs and posts no outcome for it", async () => {
    const { console, start } = await createRig();
    const owner = `agent-term-${process.pid}`;
    const own = stages({
      CPUStress: async (ctx) => {
        await ctx.run("sleep", ["300"]);
        return PASSED;
      },
    });
    const agent = start({ stages: own, run: createRunCommand({ owner }) });
    await eventually(() => markedProcesses(owner).length).toBe(1);
    expect(await agent.stop()).toBe(0);
    expect(markedProcesses(owner)).toEqual([]);
    expect(console.results.map(({ stage }) => stage)).not.toContain("CPUStress");
  });
});
