import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunDetail } from "../../../contract/console-api.ts";
import { BOOT_TIMEOUT_S } from "../../netboot/rig/netboot-bench.ts";
import { until } from "../../netboot/rig/until.ts";
import { logSupplyFailureCommand, RAIL, setRailCommand } from "./rig/bmc-sensors.ts";
import { FaultBench, STAGE_TIMEOUT_S } from "./rig/fault-bench.ts";
import { type BenchDisk, FaultMachine } from "./rig/fault-machine.ts";
import { attemptsOf, expectSaid, type VirtualRow } from "./rig/virtual-row.ts";
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
  const parts = new FaultMachine("faults", { disks: DISKS, bmc: true, pcieSlot: "slot1" });
  const before = parts.checksums(PROTECTED);
  let bench: FaultBench;
  let run: RunDetail;

  const said = (row: VirtualRow) => test(row.fault, () => expectSaid(run, row));

  beforeAll(async () => {
    bench = await FaultBench.start("faults", parts, { thresholds: [PATIENT_LIMIT] });
    await bench.bootIntoRun(false);
    await bench.machine.monitor.execute("qom-set", { ...NVME_WARNING, value: 4 });
  });

  afterAll(async () => {
    await bench?.end();
  });

  describe("SMART", () => {
    test(NVME_FAILING.fault, async () => {
      run = await bench.hold();
      expectSaid(run, NVME_FAILING);
      await until("its evidence is in", 60, async () => (await bench.run()).evidence.length > 0);
    });

    test("the drive is replaced; an investigator leaves a disk mounted and a swap in use", async () => {
      const { monitor } = bench.machine;
      await bench.shell("mkdir /mnt/used && mount /dev/vda /mnt/used && swapon /dev/vdb");
      await monitor.execute("qom-set", { ...NVME_WARNING, value: 0 });
      await squeezeMemory();
      await bench.override();
    });
  });

  describe("CPUStress", () => {
    test("processor, slot and memory fail in one attempt", async () => {
      const { monitor } = bench.machine;
      await bench.says("CPUStress", /dispatching hogs: 2 cpu|2 processors for/);
      // Bank 5: valid, enabled, corrected, with address and further information.
      await monitor.human("mce 0 5 0x9c00000000000136 0x0 0x12345000 0x8c");
      await monitor.human("pcie_aer_inject_error slot1 0x10000");
      run = await bench.hold(STAGE_TIMEOUT_S);
    });

    said(CORRECTED_MACHINE_CHECK);
    said(PCIE_ERROR);
    said(MEMORY_PRESSURE);

    test("a clock that jumps by hours makes no failure, no breach and no false proof", async () => {
      await releaseMemory();
      const jump =
        "until pgrep stress-ng; do sleep 0.2; done; date -s '+7 hours'; sleep 4; date -s '-3 hours'";
      await bench.shell(`systemd-run --no-block sh -c "${jump}" && date`);
      await bench.override();
      run = await bench.bench.runReaches(bench.runId, ["Storage"], STAGE_TIMEOUT_S);
      const attempt = attemptsOf(run, "CPUStress").at(-1);
      expect(attempt).toMatchObject({ attempt: 2, result: "pass", breaches: [] });
      for (const { elapsedS } of attempt?.proof ?? []) expect(elapsedS).toBeLessThan(200);
    });
  });

  describe("Storage", () => {
    test(BAD_SECTOR.fault, async () => {
      run = await bench.hold(2 * STAGE_TIMEOUT_S);
      expectSaid(run, BAD_SECTOR);
    });

    for (const row of REFUSALS) said(row);

    test("with the disk replaced, the two free disks are really written and verified", async () => {
      const guest = await bench.shell("date +%s");
      // The jump was real: the guest's clock is four hours ahead.
      expect(Number(guest) - Date.now() / 1000).toBeGreaterThan(3 * 3600);
      await bench.override();
      run = await bench.bench.runReaches(bench.runId, ["Network"], 2 * STAGE_TIMEOUT_S);
      const storage = attemptsOf(run, "Storage").at(-1);
      expect(storage?.summary).toContain("6 of 6 disks under load: 2 written and verified.");
      const written = storage?.proof.filter(({ what }) => what.endsWith("write and verify")) ?? [];
      expect(written.map(({ what }) => what)).toEqual([
        "disk vde write and verify",
        "disk nvme0n1 write and verify",
      ]);
      for (const { work } of written) expect(work).toBeGreaterThan(MIB);
      expect(parts.isBlank("blank")).toBe(false);
      expect(parts.isBlank("nvme")).toBe(false);
    });
  });

  describe("Network", () => {
    test(LINK_LOST.fault, async () => {
      const nic = run.inventory?.nics.find(({ mac }) => mac === bench.machine.secondMac);
      await bench.says("Network", new RegExp(`^${nic?.name}: send`));
      await bench.machine.setLink(false, 1);
      run = await bench.hold(STAGE_TIMEOUT_S);
      expectSaid(run, LINK_LOST);
      await bench.machine.setLink(true, 1);
      await bench.shell(`until ip link show ${nic?.name} | grep -q LOWER_UP; do sleep 1; done`);
      await bench.override();
    });
  });

  describe("Burn", () => {
    test(HANG.fault, async () => {
      await bench.says("Burn", /^At once for/);
      await bench.machine.monitor.execute("stop");
      run = await bench.hold(STAGE_TIMEOUT_S);
      expectSaid(run, HANG);
      await bench.machine.monitor.execute("cont");
    });

    test(UNCORRECTED_MACHINE_CHECK.fault, async () => {
      await bench.shell("true");
      await bench.override();
      await bench.says("Burn", /^At once for/);
      const { resets } = bench.machine;
      // Bank 5 again: uncorrected, and the processor's context is corrupt.
      await bench.machine.monitor.human("mce 0 5 0xbe00000000000136 0x5 0x12345000 0x8c");
      await until("the machine restarts", 120, () => bench.machine.resets.length > resets.length);
      run = await bench.hold();
      expectSaid(run, UNCORRECTED_MACHINE_CHECK);
      expect(run.boots).toHaveLength(2);
    });
  });

  describe("PSU", () => {
    test("a rail sags and a supply fails while everything is under load", async () => {
      await bench.shell(setRailCommand(RAIL.volts - 1));
      const failing = `until pgrep fio; do sleep 1; done; ${logSupplyFailureCommand()}`;
      await bench.shell(`systemd-run --no-block sh -c "${failing}"`);
      await bench.override();
      run = await bench.hold(BOOT_TIMEOUT_S);
    });

    said(RAIL_SAGS);
    said(SUPPLY_FAILED);
  });

  test("members of an array and of a volume group kept every byte", async () => {
    await bench.machine.powerOff();
    expect(parts.checksums(PROTECTED)).toEqual(before);
  });

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
