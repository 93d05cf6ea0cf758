import { afterAll, beforeAll, describe, expect } from "vitest";
import { STAGES } from "../../../contract/stages.ts";
import { BOOT_TIMEOUT_S } from "../../netboot/rig/netboot-bench.ts";
import { until } from "../../netboot/rig/until.ts";
import { FaultBench } from "./rig/fault-bench.ts";
import { type BenchDisk, FaultMachine } from "./rig/fault-machine.ts";
import { Story } from "./rig/story.ts";

/** As they come out of a server that was in use. */
const DISKS: readonly BenchDisk[] = [
  { id: "dirty", content: "dirty ext4" },
  { id: "lvm", content: "LVM volume" },
  { id: "raid", content: "RAID member" },
  { id: "swap", content: "swap" },
  { id: "nvme", content: "blank", nvme: true },
];

const SPEC = {
  name: "a good machine",
  match: { product: "Netboot Bench" },
  expect: { cpuSockets: 1, memoryGiB: 2, dimms: 1, disks: 5, nics: 2, gpus: 0, bmc: true },
  firmware: [{ component: "bios", version: "2.19.1" }],
};

/** What an emulated machine has no way to show, or a short profile no time for: any other gap is a finding. */
const EXPECTED_GAPS = [
  /^SMART of vd[a-d]: a virtio disk has no SMART/,
  /^drive self-tests: The profile asks for none/,
  /^memory error counting: No EDAC driver/,
  /^memory beyond /,
  /firmware: The host has none/,
  /GPU/,
];

describe("a machine with everything in order, except that its clock's battery is dead", () => {
  const machine = new FaultMachine("clean", {
    disks: DISKS,
    bmc: true,
    smbios: ["type=0,vendor=Vetting,version=2.19.1,date=03/01/2025"],
    clock: "2019-03-01T00:00:00",
  });
  const before = machine.checksums(DISKS);
  const story = new Story();
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.start("clean", machine, { specs: [SPEC] });
  });

  afterAll(async () => {
    await bench?.end();
  });

  story.step("comes to the end of its run", async () => {
    await bench.bootIntoRun(true);
    return bench.passes();
  });

  story.clean("virtual-clean", "a machine in order, its clock's battery dead", (run) => {
    expect(run.stages.map(({ stage, attempt }) => `${stage} ${attempt}`)).toEqual(
      STAGES.map((stage) => `${stage} 1`),
    );
    expect(run.stages.flatMap(({ blame, breaches }) => [...blame, ...breaches])).toEqual([]);
    expect(run.verdict).toBe("pass_with_gaps");
    const told = run.gaps.map(({ what, why }) => `${what}: ${why}`);
    const unexpected = told.filter((gap) => !EXPECTED_GAPS.some((known) => known.test(gap)));
    expect(unexpected).toEqual([]);
  });

  story.step("has all its disks read, and says that they were only read", async () => {
    const storage = story.run.stages.find(({ stage }) => stage === "Storage");
    expect(storage?.summary).toContain("read-only, as the run is non-destructive");
    const read = new Set(storage?.proof.map(({ what }) => what.split(" ")[1]));
    expect(read.size).toBe(DISKS.length);
    return undefined;
  });

  story.step("keeps every byte of every disk, the dirty file system's journal too", async () => {
    await until("the machine is off", BOOT_TIMEOUT_S, () => !bench.machine.running);
    expect(machine.checksums(DISKS)).toEqual(before);
    return undefined;
  });
});
