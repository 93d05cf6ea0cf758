import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labFolders } from "../../../netboot/rig/lab-folders.ts";
import type { MachineParts } from "../../../netboot/rig/virtual-machine.ts";
import { sensorDataRecords } from "./bmc-sensors.ts";
import { type DiskContent, diskChecksum, makeUsedDisk } from "./used-disks.ts";

/** Enough for every signature, and little enough that a sequential read gets around in a second or two. */
const DISK_MIB = 64;
const SECTOR = 512;

export interface BenchDisk {
  readonly id: string;
  readonly content: DiskContent;
  /** NVMe answers SMART; the others are virtio disks, which a command that they refuse does not upset. */
  readonly nvme?: boolean;
  /** A sector that cannot be read, once: the next attempt finds the disk healthy. */
  readonly badSector?: number;
}

export interface FaultMachineOptions {
  readonly disks: readonly BenchDisk[];
  readonly bmc: boolean;
  /** Arguments of `-smbios`. */
  readonly smbios?: readonly string[];
  /** Left out: an e1000e, which has a speed. It never tells the guest of a cable that goes, as virtio does. */
  readonly secondNic?: MachineParts["secondNic"];
  /** An empty PCIe slot, by the name under which QEMU knows it. */
  readonly pcieSlot?: string;
  /** When the machine's battery-backed clock believes to be, if not now. */
  readonly clock?: string;
}

/** A machine of the bench, made of files that stay until the lab goes: they can be looked at with the machine off. */
export class FaultMachine {
  readonly parts: MachineParts;
  readonly #folder: string;

  /** @param name tells the machines of a run apart */
  constructor(name: string, options: FaultMachineOptions) {
    const { disks, bmc, smbios = [], secondNic = "e1000e", pcieSlot, clock } = options;
    this.#folder = join(labFolders().work, `${name}-parts`);
    mkdirSync(this.#folder, { recursive: true });
    this.parts = {
      memoryMiB: 2048,
      secondNic,
      disks: disks.flatMap((disk) => this.#disk(disk)),
      more: [
        // A balloon takes memory from the guest while it runs.
        ...["-device", "virtio-balloon-pci,id=balloon0"],
        ...smbios.flatMap((table) => ["-smbios", table]),
        ...(bmc ? this.#bmc() : []),
        ...(pcieSlot === undefined
          ? []
          : ["-device", `pcie-root-port,id=${pcieSlot},chassis=1,slot=1`]),
        ...(clock === undefined ? [] : ["-rtc", `base=${clock}`]),
      ],
    };
  }

  /** The checksums of the disks by their id. */
  checksums(disks: readonly BenchDisk[]): Record<string, string> {
    return Object.fromEntries(disks.map(({ id }) => [id, diskChecksum(this.#image(id))]));
  }

  /** Whether anything was ever written to a disk that was made blank: its file is one hole. */
  isBlank(id: string): boolean {
    return statSync(this.#image(id)).blocks === 0;
  }

  #image(id: string): string {
    return join(this.#folder, `${id}.img`);
  }

  #disk({ id, content, nvme = false, badSector }: BenchDisk): string[] {
    const image = this.#image(id);
    makeUsedDisk(image, DISK_MIB, content);
    const raw = ["driver=raw", "file.driver=file"];
    const file = `filename=${image}`;
    const drive =
      badSector === undefined
        ? [`node-name=${id}`, ...raw, `file.${file}`]
        : [
            ...[`node-name=${id}`, "driver=blkdebug", `config=${this.#badSector(id, badSector)}`],
            ...["image.driver=file", `image.${file}`],
          ];
    const serial = id.toUpperCase();
    const device = nvme
      ? `nvme,id=${id},drive=${id},serial=${serial}`
      : `virtio-blk-pci,drive=${id},serial=${serial}`;
    return ["-blockdev", drive.join(","), "-device", device];
  }

  /** The rule by which blkdebug fails a read: of any kind, with an I/O error, the first time only. */
  #badSector(id: string, sector: number): string {
    if (sector * SECTOR >= DISK_MIB * 1024 * 1024) throw new Error(`${id} has no sector ${sector}`);
    const file = join(this.#folder, `${id}.blkdebug`);
    const rule = ['event = "none"', 'errno = "5"', `sector = "${sector}"`, 'once = "on"'];
    writeFileSync(file, `[inject-error]\n${rule.join("\n")}\n`);
    return file;
  }

  #bmc(): string[] {
    const file = join(this.#folder, "sensors.sdr");
    writeFileSync(file, sensorDataRecords());
    const simulated = `ipmi-bmc-sim,id=bmc0,sdrfile=${file}`;
    return ["-device", simulated, "-device", "isa-ipmi-kcs,bmc=bmc0"];
  }
}
