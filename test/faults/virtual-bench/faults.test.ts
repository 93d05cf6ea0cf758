import { afterAll, beforeAll, describe, expect } from "vitest";
import { until } from "../../netboot/rig/until.ts";
import { logSupplyFailureCommand, RAIL, setRailCommand } from "./rig/bmc-sensors.ts";
import { FaultBench, STAGE_TIMEOUT_S } from "./rig/fault-bench.ts";
import { type BenchDisk, FaultMachine } from "./rig/fault-machine.ts";
import { Story } from "./rig/story.ts";
import { attemptsOf } from "./rig/virtual-row.ts";
import {
  CORRECTED_MACHINE_CHECK,
  HANG,
  MEMORY_PRESSURE,
  PCIE_ERROR,
  UNCORRECTED_MACHINE_CHECK,
} from "./rows/board.ts";
import { BAD_SECTOR, NVME_FAILING, REFUSALS } from "./rows/disks.ts";
import { LINK_LOST, RAIL_SAGS, SUPPLY_FAILED } from "./rows/power-and-network.ts";

const PROTECTED: readonly BenchDisk[] = [
  { id: "lvm", content: "LVM volume" },
  { id: "raid", content: "RAID member" },
];
const DISKS: readonly BenchDisk[] = [
  { id: "mounted", content: "dirty ext4" },
  { id: "swap", content: "swap" },
  ...PROTECTED,
  { id: "blank", content: "blank", badSector: 8000 },
  { id: "nvme", content: "blank", nvme: true },
];
const MIB = 1024 * 1024;
/** With less than this the memory pass, which takes 256 MiB, cannot get what it wants. */
const LEFT_FOR_GUEST_MIB = 120;
const NVME_WARNING = { path: "/machine/peripheral/nvme", property: "smart_critical_warning" };
/** Watches for longer than any stage here takes: only a clock that jumps could make a breach of it. */
const PATIENT_LIMIT = { sensor: "cpu.utilisation", max: 1, forSeconds: 1800, severity: "fail" };

// One machine and one destructive run: at each fault it holds, the fault is mended, and an override goes on from there.
describe("faults that strike while the machine is under test", () => {
  const parts = new FaultMachine("faults", {
    disks: DISKS,
    bmc: true,
    secondNic: "virtio-net-pci",
    pcieSlot: "slot1",
  });
  const before = parts.checksums(PROTECTED);
  const story = new Story();
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.start("faults", parts, { thresholds: [PATIENT_LIMIT] });
  });

  afterAll(async () => {
    await bench?.end();
  });

  describe("SMART", () => {
    story.step("a drive is about to fail when the machine is switched on", async () => {
      await bench.bootIntoRun(false, () => nvmeWarning(4));
      return bench.hold();
    });

    story.row(NVME_FAILING);

    story.step("its evidence is kept", async () => {
      await until("evidence is in", 120, async () => (await bench.run()).evidence.length > 0);
      return bench.run();
    });

    story.step(
      "the drive is replaced; somebody leaves a disk mounted and a swap in use",
      async () => {
        await bench.shell("mkdir /mnt/used && mount /dev/vda /mnt/used && swapon /dev/vdb");
        await nvmeWarning(0);
        await squeezeMemory();
        await bench.override();
        return undefined;
      },
    );
  });

  describe("CPUStress", () => {
    story.step("processor, slot and memory fail in one attempt", async () => {
      const { monitor } = bench.machine;
      await bench.says("CPUStress", /processors for/);
      // Bank 5: valid, enabled, corrected, with address and further information.
      await monitor.human("mce 0 5 0x9c00000000000136 0x0 0x12345000 0x8c");
      await monitor.human("pcie_aer_inject_error slot1 0x10000");
      return bench.hold(STAGE_TIMEOUT_S);
    });

    for (const row of [CORRECTED_MACHINE_CHECK, PCIE_ERROR, MEMORY_PRESSURE]) story.row(row);

    story.step("the machine stands still", async () => {
      await bench.shell("true");
      await releaseMemory();
      await bench.override();
      await bench.says("CPUStress", /of memory for/);
      await bench.machine.monitor.execute("stop");
      return bench.hold(STAGE_TIMEOUT_S);
    });

    story.row(HANG);

    story.step("a clock that jumps by hours makes no failure, breach or false proof", async () => {
      await bench.machine.monitor.execute("cont");
      const stress = "until pgrep stress-ng; do sleep 0.2; done";
      const jump = `${stress}; date -s '+7 hours'; sleep 4; date -s '-3 hours'`;
      await bench.shell(`systemd-run --no-block sh -c "${jump}"`);
      await bench.override();
      const run = await bench.reaches("Storage");
      const attempt = attemptsOf(run, "CPUStress").at(-1);
      expect(attempt).toMatchObject({ attempt: 3, result: "pass", breaches: [] });
      for (const { elapsedS } of attempt?.proof ?? []) expect(elapsedS).toBeLessThan(200);
      return run;
    });
  });

  describe("Storage", () => {
    story.step("a sector goes bad", () => bench.hold(2 * STAGE_TIMEOUT_S));

    for (const row of [BAD_SECTOR, ...REFUSALS]) story.row(row);

    story.step("with that disk replaced, the two free ones are written and verified", async () => {
      const guest = Number(await bench.shell("date +%s"));
      // The jump was real: the guest's clock is four hours ahead.
      expect(guest - Date.now() / 1000).toBeGreaterThan(3 * 3600);
      await bench.override();
      const run = await bench.reaches("Network");
      const storage = attemptsOf(run, "Storage").at(-1);
      expect(storage?.summary).toContain("6 of 6 disks under load: 2 written and verified.");
      const written = storage?.proof.filter(({ what }) => what.endsWith("write and verify")) ?? [];
      expect(written.map(({ what }) => what.split(" ")[1])).toEqual(["vde", "nvme0n1"]);
      for (const { work } of written) expect(work).toBeGreaterThan(MIB);
      for (const id of ["blank", "nvme"]) expect(parts.isBlank(id)).toBe(false);
      return run;
    });
  });

  describe("Network", () => {
    const secondNic = () =>
      story.run.inventory?.nics.find(({ mac }) => mac === bench.machine.secondMac)?.name;

    story.step("a cable comes loose", async () => {
      await bench.says("Network", new RegExp(`^${secondNic()}: send`));
      await bench.machine.setLink(false, 1);
      return bench.hold(STAGE_TIMEOUT_S);
    });

    story.row(LINK_LOST);

    story.step("the cable is plugged in again; a rail sags", async () => {
      await bench.machine.setLink(true, 1);
      const up = `ip link show ${secondNic()} | grep -q LOWER_UP`;
      await bench.shell(`until ${up}; do sleep 1; done; ${setRailCommand(RAIL.volts - 1)}`);
      // The brackets: systemd logs the command itself, which must not be taken for the agent's word.
      const burning = "journalctl --boot --quiet | grep -q 'Burn: At[ ]once'";
      // The BMC is asked by others too, and a request may get lost between them.
      const logged = `until timeout 15 ${logSupplyFailureCommand()}; do sleep 1; done`;
      const failing = `until ${burning}; do sleep 1; done; ${logged}`;
      await bench.shell(`systemd-run --no-block sh -c "${failing}"`);
      await bench.override();
      return undefined;
    });
  });

  describe("PSU", () => {
    story.step("the rail sags and a supply fails while everything is under load", () =>
      bench.hold(2 * STAGE_TIMEOUT_S),
    );

    for (const row of [RAIL_SAGS, SUPPLY_FAILED]) story.row(row);

    story.step("the processor takes the machine down, which comes back by itself", async () => {
      await bench.shell(setRailCommand(RAIL.volts));
      await bench.override();
      await bench.says("PSU", /^PSU begins/);
      // Bank 5: uncorrected, and the processor's context is corrupt.
      await bench.machine.monitor.human("mce 0 5 0xbe00000000000136 0x5 0x12345000 0x8c");
      await bench.claims(2);
      return bench.hold();
    });

    story.row(UNCORRECTED_MACHINE_CHECK);
  });

  story.step("members of an array and of a volume group kept every byte", async () => {
    await bench.machine.powerOff();
    expect(parts.checksums(PROTECTED)).toEqual(before);
    return undefined;
  });

  async function nvmeWarning(value: number): Promise<void> {
    await bench.machine.monitor.execute("qom-set", { ...NVME_WARNING, value });
  }

  /** Takes the guest's memory away until little is left, and waits until it is gone. */
  async function squeezeMemory(): Promise<void> {
    const { monitor } = bench.machine;
    const available =
      Number(await bench.shell("awk '/MemAvailable/ {print $2}' /proc/meminfo")) / 1024;
    const target = (await balloon()) - (available - LEFT_FOR_GUEST_MIB) * MIB;
    await monitor.execute("balloon", { value: Math.round(target) });
    await until(
      "the balloon is full",
      STAGE_TIMEOUT_S,
      async () => (await balloon()) <= target + MIB,
    );
  }

  async function releaseMemory(): Promise<void> {
    const all = parts.parts.memoryMiB * MIB;
    await bench.machine.monitor.execute("balloon", { value: all });
    await until("the balloon is empty", STAGE_TIMEOUT_S, async () => (await balloon()) === all);
  }

  async function balloon(): Promise<number> {
    const { actual } = await bench.machine.monitor.execute<{ actual: number }>("query-balloon");
    return actual;
  }
});
