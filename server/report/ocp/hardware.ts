import type { RunDetail } from "../../../contract/console-api.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import type { Blame } from "../../../contract/stage-result.ts";

/** `hardwareInfo` of the OCP output. Keys that are not known are left out. */
export interface HardwareInfo {
  readonly hardwareInfoId: string;
  readonly name: string;
  readonly partType?: string;
  readonly location?: string;
  readonly serialNumber?: string;
  readonly partNumber?: string;
  readonly manufacturer?: string;
  readonly version?: string;
}

interface Part {
  readonly kind: string;
  /** As the stages call it: `sda`, `eno1`, `A1`. */
  readonly name: string;
  readonly location?: string | null;
  readonly serial?: string | null;
  readonly model?: string | null;
  readonly manufacturer?: string | null;
  readonly version?: string | null;
}

/** The parts of a host, and which of them a stage means. */
export class Hardware {
  readonly infos: readonly HardwareInfo[];
  readonly #parts: readonly (Part & { readonly id: string })[];

  /** Parts of the inventory, and after them those that a stage blames and that no inventory lists. */
  constructor({ inventory, stages }: Pick<RunDetail, "inventory" | "stages">) {
    const listed = numbered(inventory === null ? [] : partsOf(inventory));
    const unlisted: (Part & { id: string })[] = [];
    this.#parts = listed;
    for (const blame of stages.flatMap((stage) => stage.blame)) {
      if (this.idOfBlamed(blame) !== null) continue;
      unlisted.push({ id: `blamed-${unlisted.length + 1}`, ...partOf(blame) });
      this.#parts = [...listed, ...unlisted];
    }
    this.infos = this.#parts.map(infoOf);
  }

  /** By serial where there is one: slots and names can repeat, and no other part may be blamed by chance. */
  idOfBlamed({ part, slot, serial }: Blame): string | null {
    if (serial !== null) {
      const bySerial = this.#only((one) => one.serial === serial);
      if (bySerial !== null) return bySerial;
    }
    const names = [part.split(" ").at(-1), part, slot].filter((name) => typeof name === "string");
    for (const name of names) {
      const found = this.idOfItem(name);
      const known = this.#parts.find(({ id }) => id === found)?.serial ?? null;
      if (found !== null && (serial === null || known === null)) return found;
    }
    return null;
  }

  /** The part that a measurement names as its item, or null. */
  idOfItem(item: string): string | null {
    const wanted = item.toLowerCase();
    return this.#only(({ name }) => name.toLowerCase() === wanted);
  }

  #only(fits: (part: Part) => boolean): string | null {
    const found = this.#parts.filter(fits);
    return found.length === 1 ? (found[0]?.id ?? null) : null;
  }
}

function partsOf(inventory: Inventory): Part[] {
  const { system, board, bmc } = inventory;
  return [
    {
      kind: "system",
      name: "system",
      serial: system.serial,
      model: system.product,
      manufacturer: system.vendor,
    },
    {
      kind: "board",
      name: "board",
      serial: board.serial,
      model: board.product,
      manufacturer: board.vendor,
      version: board.version,
    },
    ...inventory.cpus.map(({ socket, model }) => ({
      kind: "cpu",
      name: socket,
      location: socket,
      model,
    })),
    ...inventory.dimms.map(({ locator, bank, serial, partNumber, manufacturer }) => ({
      kind: "dimm",
      name: locator,
      location: bank === null ? locator : `${bank} ${locator}`,
      serial,
      model: partNumber,
      manufacturer,
    })),
    ...inventory.disks.map(({ name, slot, serial, model }) => ({
      kind: "disk",
      name,
      location: slot,
      serial,
      model,
    })),
    ...inventory.nics.map(({ name, pciAddress, mac, model }) => ({
      kind: "nic",
      name,
      location: pciAddress,
      serial: mac,
      model,
    })),
    ...inventory.gpus.map(({ pciAddress, vendor, model, serial }) => ({
      kind: "gpu",
      name: pciAddress,
      location: pciAddress,
      serial,
      model,
      manufacturer: vendor,
    })),
    ...inventory.psus.map(({ slot, model, serial }) => ({
      kind: "psu",
      name: slot,
      location: slot,
      serial,
      model,
    })),
    ...(bmc === null
      ? []
      : [{ kind: "bmc", name: "bmc", manufacturer: bmc.vendor, version: bmc.firmware }]),
  ];
}

function partOf({ part, slot, serial, model }: Blame): Part {
  return {
    kind: part.split(" ")[0]?.toLowerCase() ?? part,
    name: part,
    location: slot,
    serial,
    model,
  };
}

/** Ids are unique even where a board calls all its slots `DIMM`. */
function numbered(parts: readonly Part[]): (Part & { id: string })[] {
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const id = part.kind === part.name ? part.kind : `${part.kind}-${part.name}`;
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return { ...part, id: times === 1 ? id : `${id}#${times}` };
  });
}

function infoOf(part: Part & { readonly id: string }): HardwareInfo {
  const { id, kind, name, location, serial, model, manufacturer, version } = part;
  return {
    hardwareInfoId: id,
    name: kind === name || name.toLowerCase().startsWith(kind) ? name : `${kind} ${name}`,
    partType: kind,
    ...(location ? { location } : {}),
    ...(serial ? { serialNumber: serial } : {}),
    ...(model ? { partNumber: model } : {}),
    ...(manufacturer ? { manufacturer } : {}),
    ...(version ? { version } : {}),
  };
}
