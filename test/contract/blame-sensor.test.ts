import { describe, expect, test } from "vitest";
import { blameSensor } from "../../contract/blame-sensor.ts";
import type { Inventory } from "../../contract/inventory.ts";
import { emptyInventory } from "../empty-inventory.ts";

const cpu = (socket: string): Inventory["cpus"][number] => ({
  ...{ socket, model: "Xeon Gold 6226R", cores: 16, threads: 32, maxMHz: 3900 },
});
const host: Inventory = {
  ...emptyInventory,
  cpus: [cpu("CPU1"), cpu("CPU2")],
  disks: [
    {
      ...{ name: "nvme0n1", byId: null, model: "SIMDISK", serial: "S1", wwn: null, sizeBytes: 1 },
      ...{ transport: "nvme", rotational: false, slot: "PCI slot 5", inUse: null },
    },
  ],
};

describe("the part that a sensor sits on", () => {
  test.each([
    ["cpu.package.temp[1]", { part: "CPU", slot: "CPU2" }],
    ["disk.temp[nvme0]", { part: "disk nvme0n1", slot: "PCI slot 5", serial: "S1" }],
    ["disk.temp[sdx]", { part: "disk sdx", slot: null }],
    ["fan[Fan3]", { part: "fan", slot: "Fan3" }],
    ["psu.rail[12V Rail]", { part: "power rail", slot: "12V Rail" }],
  ])("%s", (sensor, part) => {
    expect(blameSensor(sensor, host)).toMatchObject(part);
  });

  test("the one processor needs no number", () => {
    const single = { ...host, cpus: [cpu("CPU1")] };
    expect(blameSensor("cpu.package.temp", single)).toMatchObject({ part: "CPU", slot: "CPU1" });
  });

  test.each([
    ["one of two processors, and nobody knows which", "cpu.package.temp"],
    ["a processor that is not there", "cpu.package.temp[7]"],
    ["watts of the whole host", "system.power"],
    ["a name that is none", ""],
  ])("nobody is blamed: %s", (_what, sensor) => {
    expect(blameSensor(sensor, host)).toBeNull();
  });

  test("before there is an inventory, no processor is blamed", () => {
    expect(blameSensor("cpu.package.temp[0]", null)).toBeNull();
  });
});
