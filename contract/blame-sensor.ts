import type { Inventory } from "./inventory.ts";
import type { Blame } from "./stage-result.ts";

/**
 * The part that a sensor sits on, named as printed on the board: what a breach of its limit speaks against. Null for
 * a sensor of the whole host, and where nobody knows which of several parts it is.
 */
export function blameSensor(sensor: string, inventory: Inventory | null): Blame | null {
  const [, family = "", instance] = /^([^[]+)(?:\[(.*)\])?$/.exec(sensor) ?? [];
  const nothing = { serial: null, model: null };
  switch (family) {
    case "cpu.package.temp": {
      const cpus = inventory?.cpus ?? [];
      const cpu =
        instance === undefined && cpus.length > 1 ? undefined : cpus[Number(instance ?? 0)];
      if (cpu === undefined) return null;
      return { part: "CPU", slot: cpu.socket, serial: null, model: cpu.model };
    }
    case "disk.temp": {
      if (instance === undefined) return null;
      // The sensor of an NVMe drive is its controller's: `nvme0` of `nvme0n1`.
      const disk = inventory?.disks.find(
        ({ name }) => name === instance || name.startsWith(`${instance}n`),
      );
      if (disk === undefined) return { part: `disk ${instance}`, slot: null, ...nothing };
      const { name, slot, serial, model } = disk;
      return { part: `disk ${name}`, slot, serial, model };
    }
    case "fan":
      return instance === undefined ? null : { part: "fan", slot: instance, ...nothing };
    case "psu.rail":
      return instance === undefined ? null : { part: "power rail", slot: instance, ...nothing };
    default:
      return null;
  }
}
