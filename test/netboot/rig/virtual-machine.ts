import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Firmware, firmwareArguments } from "./firmware.ts";
import { LAB_BRIDGE } from "./lab-network.ts";
import { LOCAL_DISK_SAYS, makeLocalDisk } from "./local-disk.ts";
import { Qmp, type QmpEvent } from "./qmp.ts";
import { until } from "./until.ts";

export interface MachineOptions {
  /** Names its files and its serial number. */
  readonly name: string;
  readonly firmware: Firmware;
  /** Tells machines of one lab apart: MAC, taps. 0 to 250. */
  readonly index: number;
  /** For its disks; removed with it. */
  readonly workDir: string;
  /** For what its serial port says; stays. */
  readonly logDir: string;
  /** What it is made of, where that is not the usual server of the lab. */
  readonly parts?: MachineParts;
}

/** QEMU's arguments for what differs from machine to machine. */
export interface MachineParts {
  readonly memoryMiB: number;
  /** In place of the usual two disks: drives and devices, as QEMU's arguments say them. */
  readonly disks: readonly string[];
  /** QEMU's name of the second network card's device. */
  readonly secondNic: "e1000e" | "virtio-net-pci";
  /** Whatever else there is, or is not as it should be: SMBIOS tables, a BMC, a clock that is wrong. */
  readonly more: readonly string[];
}

/** Sparse files; large enough that no fio gets around it within a test. */
const DISK_MIB = 1024;
const USUAL_MEMORY_MIB = 2048;
const BMC = ["-device", "ipmi-bmc-sim,id=bmc0", "-device", "isa-ipmi-kcs,bmc=bmc0"];
const BOOT_NIC_PCI_DEVICE = 0x10;

/**
 * A server of the lab: two disks (SATA with an installed system, NVMe empty), two NICs on the lab's switch, a BMC.
 * Emulated in software throughout: /dev/kvm on such machines is not to be relied on.
 */
export class VirtualMachine {
  readonly name: string;
  readonly firmware: Firmware;
  readonly mac: string;
  readonly secondMac: string;
  readonly uuid: string;
  readonly serialLog: string;
  readonly #dir: string;
  readonly #taps: readonly [string, string];
  readonly #parts: MachineParts | null;
  #child: ChildProcess | null = null;
  #qmp: Qmp | null = null;
  #poweredOnAt = new Date(0);

  constructor({ name, firmware, index, workDir, logDir, parts }: MachineOptions) {
    const byte = index.toString(16).padStart(2, "0");
    this.name = name;
    this.firmware = firmware;
    this.mac = `52:54:00:77:00:${byte}`;
    this.secondMac = `52:54:00:77:01:${byte}`;
    this.uuid = `00000000-0000-4000-8000-52540077${byte}00`;
    this.serialLog = join(logDir, `${name}.serial.log`);
    this.#taps = [`tap${index}a`, `tap${index}b`];
    this.#dir = join(workDir, name);
    rmSync(this.#dir, { recursive: true, force: true });
    mkdirSync(this.#dir, { recursive: true });
    writeFileSync(this.serialLog, "");
    this.#parts = parts ?? null;
    if (parts !== undefined) return;
    makeLocalDisk(join(this.#dir, "sata.img"), DISK_MIB);
    writeFileSync(join(this.#dir, "nvme.img"), "");
    truncateSync(join(this.#dir, "nvme.img"), DISK_MIB * 1024 * 1024);
  }

  /** Presses the power button. */
  async powerOn(): Promise<void> {
    for (const tap of this.#taps) {
      execFileSync("ip", ["tuntap", "add", tap, "mode", "tap"]);
      execFileSync("ip", ["link", "set", tap, "master", LAB_BRIDGE, "up"]);
    }
    const socket = join(this.#dir, "qmp");
    rmSync(socket, { force: true });
    const errors = openSync(`${this.serialLog}.qemu`, "w");
    const child = spawn("qemu-system-x86_64", this.#arguments(socket), {
      stdio: ["ignore", errors, errors],
    });
    closeSync(errors);
    this.#child = child;
    this.#poweredOnAt = new Date();
    process.once("exit", () => child.kill("SIGKILL"));
    await until(`${this.name}: QEMU's monitor`, 30, () => {
      if (!this.running) throw new Error(`QEMU ended: ${this.#complaints()}`);
      return existsSync(socket);
    });
    this.#qmp = await Qmp.connect(socket);
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Where the fault lab reaches into the machine. */
  get monitor(): Qmp {
    if (this.#qmp === null) throw new Error(`${this.name} has not been switched on.`);
    return this.#qmp;
  }

  /** When the machine last began anew: switched on, or reset by whomever. */
  get startedAt(): Date {
    return this.resets.at(-1)?.at ?? this.#poweredOnAt;
  }

  /** Every reset since it was switched on; `guest` tells whether the guest asked for it itself. */
  get resets(): readonly QmpEvent[] {
    return this.monitor.events.filter(({ name }) => name === "RESET");
  }

  /** By its system or its firmware: SeaBIOS adds one of its own to each. */
  get guestResets(): number {
    return this.resets.filter(({ data }) => data.guest === true).length;
  }

  /** The reset button. */
  async reset(): Promise<void> {
    await this.monitor.execute("system_reset");
  }

  /** What is on its monitor, as a PNG beside its other logs. */
  async screenshot(name: string): Promise<string> {
    const filename = this.serialLog.replace(/\.serial\.log$/, `.${name}.png`);
    await this.monitor.execute("screendump", { filename, format: "png" });
    return filename;
  }

  /** Pulls or plugs the cable of one of its NICs. */
  async setLink(up: boolean, nic: 0 | 1 = 0): Promise<void> {
    await this.monitor.execute("set_link", { name: `cable${nic}`, up });
  }

  /** Pulls the plug; its disks stay. */
  async powerOff(): Promise<void> {
    const child = this.#child;
    if (child === null || !this.running) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  /** What its serial port has said since it was made. */
  get serial(): string {
    return readFileSync(this.serialLog, "latin1");
  }

  /** How often its local disk was booted. */
  get localBoots(): number {
    const kind = this.firmware === "bios-ipxe" ? "bios" : "uefi";
    return this.serial.split(LOCAL_DISK_SAYS[kind]).length - 1;
  }

  /** Nothing was ever written to its NVMe disk: the file behind it is one hole. */
  get nvmeIsBlank(): boolean {
    return statSync(join(this.#dir, "nvme.img")).blocks === 0;
  }

  /** Pulls the plug, and takes the machine away with all it had but its logs. */
  async end(): Promise<void> {
    this.#qmp?.close();
    await this.powerOff();
    if (this.#child !== null) {
      for (const tap of this.#taps) execFileSync("ip", ["link", "del", tap]);
    }
    this.#child = null;
    rmSync(this.#dir, { recursive: true, force: true });
    if (this.#complaints() === "") rmSync(`${this.serialLog}.qemu`, { force: true });
  }

  #complaints(): string {
    const file = `${this.serialLog}.qemu`;
    return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  }

  #arguments(qmpSocket: string): string[] {
    const disk = (id: string) => {
      const file = join(this.#dir, `${id}.img`);
      return ["-drive", `if=none,id=${id},format=raw,file=${file}`];
    };
    const cable = (index: 0 | 1) => [
      "-netdev",
      // Without the virtio header QEMU pads short frames, as every wire does; with it an e1000e counts each as an error.
      `tap,id=cable${index},ifname=${this.#taps[index]},script=no,downscript=no,vnet_hdr=off`,
    ];
    const nic = { pciDevice: BOOT_NIC_PCI_DEVICE, mac: this.mac };
    const firmware = firmwareArguments(this.firmware, this.#dir, nic);
    const place = `addr=0x${BOOT_NIC_PCI_DEVICE.toString(16)}`;
    const usualDisks = () => [
      ...disk("sata"),
      ...["-device", `ide-hd,drive=sata,serial=SATA-${this.name}${firmware.disk}`],
      ...disk("nvme"),
      ...["-device", `nvme,drive=nvme,serial=NVME-${this.name}`],
    ];
    const memoryMiB = this.#parts?.memoryMiB ?? USUAL_MEMORY_MIB;
    const secondNic = this.#parts?.secondNic ?? "e1000e";
    return [
      ...["-name", this.name, "-nodefaults", "-no-user-config"],
      ...["-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "2", "-m", String(memoryMiB)],
      ...["-uuid", this.uuid],
      ...["-smbios", `type=1,manufacturer=Vetting,product=Netboot Bench,serial=${this.name}`],
      ...firmware.machine,
      ...["-vga", "std", "-display", "none"],
      ...["-serial", `file:${this.serialLog}`],
      ...["-qmp", `unix:${qmpSocket},server=on,wait=off`],
      ...cable(0),
      ...["-device", `virtio-net-pci,netdev=cable0,mac=${this.mac},${place}${firmware.nic}`],
      ...cable(1),
      ...["-device", `${secondNic},netdev=cable1,mac=${this.secondMac},romfile=`],
      ...(this.#parts?.disks ?? usualDisks()),
      ...(this.#parts?.more ?? BMC),
    ];
  }
}
