import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InstalledSystem } from "./rig/installed-system.ts";
import { BOOT_TIMEOUT_S, NetbootBench } from "./rig/netboot-bench.ts";
import { until } from "./rig/until.ts";
import type { VirtualMachine } from "./rig/virtual-machine.ts";

describe("a host that resets by itself in the middle of a stage", () => {
  let bench: NetbootBench;
  let machine: VirtualMachine;
  let system: InstalledSystem;
  let runId: number;

  beforeAll(async () => {
    bench = await NetbootBench.start("reset");
    machine = bench.machine("bios-ipxe");
    system = new InstalledSystem(bench.console, machine);
    await system.register();
  });

  afterAll(async () => {
    await bench?.end();
  });

  /** Starts a run and lets it come into the middle of its CPU stress. */
  async function stressTheHost(): Promise<void> {
    await system.heartbeat();
    ({ runId } = await bench.console.startRun(system.hostId, { profile: "long" }));
    await until("the reboot command", 30, async () => {
      return (await system.heartbeat()) === "reboot_for_vetting";
    });
    await (machine.running ? machine.reset() : machine.powerOn());
    await bench.runReaches(runId, ["CPUStress"], BOOT_TIMEOUT_S);
  }

  describe("and netboots again", () => {
    test("is reported as an unexpected reset and holds", async () => {
      await stressTheHost();
      await machine.reset();
      const run = await bench.runReaches(runId, ["FailedHolding"], BOOT_TIMEOUT_S);
      expect(run.failedStage).toBe("CPUStress");
      expect(run.reason).toMatch(/unexpected reset/i);
      expect(run.boots.map(({ progress }) => progress.kind)).toEqual(["claimed", "claimed"]);
    });

    test("the live image is there to be investigated, and Cancel & reboot gives the host back", async () => {
      const { guestResets } = machine;
      await bench.console.api("POST", `runs/${runId}/cancel`);
      await until(
        "the guest resets itself",
        BOOT_TIMEOUT_S,
        () => machine.guestResets > guestResets,
      );
      await until("the local disk is booted", BOOT_TIMEOUT_S, () => machine.localBoots === 1);
      system.hasBooted();
    });
  });

  describe("and comes back from its disk with its reporter", () => {
    test("is reported as an unexpected reset and holds", async () => {
      await stressTheHost();
      // A real host netboots once (BootNext) and then starts its disk. Here the network stands first for good, so
      // the cable is out for this one start. The reporter's heartbeat is sent from here: the disk holds no system.
      await machine.setLink(false);
      await machine.reset();
      await until("the local disk is booted", BOOT_TIMEOUT_S, () => machine.localBoots === 2);
      await machine.setLink(true);
      system.hasBooted();
      expect(await system.heartbeat()).toBe("none");
      const run = await bench.runReaches(runId, ["FailedHolding"], 10);
      expect(run.failedStage).toBe("CPUStress");
      expect(run.reason).toMatch(/unexpected reset/i);
      expect(run.reason).toMatch(/installed system/);
    });
  });
});
