import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BootStep } from "../../../contract/boot-timeline.ts";
import type { RunDetail } from "../../../contract/console-api.ts";
import { STAGES } from "../../../contract/stages.ts";
import { recordBootTimes } from "./boot-times.ts";
import { FIRMWARES, type Firmware } from "./firmware.ts";
import { InstalledSystem } from "./installed-system.ts";
import { labFolders, leasedAddresses } from "./lab-folders.ts";
import { BOOT_TIMEOUT_S, NetbootBench } from "./netboot-bench.ts";
import { knock, SshKey } from "./secure-shell.ts";
import { until } from "./until.ts";
import type { VirtualMachine } from "./virtual-machine.ts";

export interface WholeRunOptions {
  readonly firmware: Firmware;
  readonly nonDestructive: boolean;
  readonly afterPass: "reboot" | "power_off";
  /** What this firmware's boot leaves in the timeline, in order. */
  readonly steps: readonly BootStep[];
}

const RUN_TIMEOUT_S = 840;

/** The whole story of a host with this firmware: left alone, told to netboot, tested, and let go. */
export function describeWholeRun(options: WholeRunOptions): void {
  const { firmware, nonDestructive, afterPass, steps } = options;

  describe(`${FIRMWARES[firmware]}: from the installed system to the report and back`, () => {
    let bench: NetbootBench;
    let machine: VirtualMachine;
    let system: InstalledSystem;
    let runId: number;
    let run: RunDetail;
    let resetsUntilClaim: number;

    beforeAll(async () => {
      const key = new SshKey(firmware);
      bench = await NetbootBench.start(firmware, { agent: { sshKeys: [key.publicKey] } });
      machine = bench.machine(firmware);
      system = new InstalledSystem(bench.console, machine);
      await system.register();
    });

    afterAll(async () => {
      await bench?.end();
    });

    test("an enrolled host without a run falls through to its local disk", async () => {
      await machine.powerOn();
      await until("the local disk is booted", BOOT_TIMEOUT_S, () => machine.localBoots === 1);
      const { boots } = await bench.host(system.hostId);
      expect(boots[0]).toMatchObject({ runId: null, progress: { kind: "local_disk" } });
      expect(boots[0]?.events.map(({ step }) => step)).toContain("local_disk");
      system.hasBooted();
      await system.heartbeat();
    });

    test("after Start its reporter reboots it, and it boots the live image, whose agent claims the run", async () => {
      ({ runId } = await bench.console.startRun(system.hostId, { nonDestructive, afterPass }));
      await until("the reboot command", 30, async () => {
        return (await system.heartbeat()) === "reboot_for_vetting";
      });
      await machine.reset();
      run = await bench.runReaches(runId, [...STAGES, "Passed"], BOOT_TIMEOUT_S);
      resetsUntilClaim = machine.guestResets;
      const boot = run.boots.at(-1);
      expect(boot?.progress.kind).toBe("claimed");
      if (boot !== undefined) {
        recordBootTimes(labFolders().logs, firmware, machine.startedAt, boot);
      }
    });

    test("the boot timeline names every step in its order", () => {
      const told = run.boots.at(-1)?.events.map(({ step }) => step) ?? [];
      expect(told.filter((step, index) => told.indexOf(step) === index)).toEqual(steps);
      const times = run.boots.at(-1)?.events.map(({ at }) => Date.parse(at)) ?? [];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    test("while it is tested nobody can log in: no sshd answers", async () => {
      const knocks = await Promise.all(
        leasedAddresses(machine.mac).map((address) => knock(address, 22)),
      );
      expect(knocks).toContain("ECONNREFUSED");
      expect(knocks).not.toContain("open");
    });

    test("the agent walks all eleven stages with the real tools, and the run passes", async () => {
      run = await bench.runReaches(runId, ["Passed"], RUN_TIMEOUT_S);
      expect(run.stages.map(({ stage }) => stage)).toEqual(STAGES);
      const wrong = run.stages.filter(({ result }) => result !== "pass" && result !== null);
      const skippedOnly = wrong.filter(({ status }) => status !== "skipped");
      expect(skippedOnly.map(({ stage, result, reason }) => ({ stage, result, reason }))).toEqual(
        [],
      );
      expect(run.verdict).toBe("pass_with_gaps");
    });

    test("the inventory is that of the machine: disks, NICs, BMC, memory", () => {
      const inventory = run.inventory;
      expect(inventory?.disks.map(({ serial }) => serial).toSorted()).toEqual([
        `NVME-${machine.name}`,
        `SATA-${machine.name}`,
      ]);
      expect(inventory?.nics.map(({ mac }) => mac).toSorted()).toEqual(
        [machine.mac, machine.secondMac].toSorted(),
      );
      expect(inventory?.logicalCpus).toBe(2);
    });

    test("both disks and both NICs bring proof of their test", () => {
      const proofs = run.stages.flatMap(({ proof }) => proof);
      const proven = proofs.filter(({ work }) => work > 0).map(({ what }) => what);
      for (const part of ["sda", "nvme0n1"]) {
        expect(proven).toContainEqual(expect.stringContaining(part));
      }
      const nics = new Set(proven.flatMap((what) => /^nic (\S+)/.exec(what)?.[1] ?? []));
      expect([...nics]).toHaveLength(2);
    });

    test(
      nonDestructive
        ? "a non-destructive run has written nothing to the empty disk"
        : "a destructive run has written to the disks",
      () => {
        expect(machine.nvmeIsBlank).toBe(nonDestructive);
      },
    );

    test("the report can be fetched", async () => {
      const report = await bench.console.api<string>("GET", `runs/${runId}/report.html`);
      expect(report.status).toBe(200);
      for (const stage of STAGES) expect(report.body).toContain(stage);
      writeFileSync(join(labFolders().logs, `${machine.name}.report.html`), report.body);
    });

    if (afterPass === "reboot") {
      test("after the pass the guest reboots by itself and comes up from its local disk", async () => {
        await until("the local disk is booted", BOOT_TIMEOUT_S, () => machine.localBoots === 2);
        expect(machine.guestResets).toBeGreaterThan(resetsUntilClaim);
      });
    } else {
      test("after the pass the guest powers itself off", async () => {
        await until("the machine is off", BOOT_TIMEOUT_S, () => !machine.running);
      });
    }
  });
}
