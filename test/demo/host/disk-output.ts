import type { DiskFacts } from "./facts.ts";
import { POWER_ON_HOURS, type SelfTestPhase } from "./smartctl-output.ts";

interface Lsblk {
  blockdevices: Record<string, unknown>[];
}

/** `lsblk -J -b -O`: every disk has the columns of a captured one, and no partitions. */
export function lsblkJson(disks: readonly DiskFacts[], capture: string): string {
  const template = (JSON.parse(capture) as Lsblk).blockdevices.find(({ name }) => name === "vda");
  if (template === undefined) throw new Error("the capture has no disk vda");
  const blockdevices = disks.map((disk, index) => ({
    ...template,
    name: disk.name,
    kname: disk.name,
    path: `/dev/${disk.name}`,
    "maj:min": disk.transport === "nvme" ? `259:${index}` : `8:${index * 16}`,
    model: disk.model,
    serial: disk.serial,
    wwn: wwnOf(disk),
    rev: disk.firmware,
    size: disk.sizeBytes,
    rota: disk.rotational,
    tran: disk.transport,
    subsystems: disk.transport === "nvme" ? "block:nvme:pci" : "block:scsi:pci",
    vendor: disk.transport === "sata" ? "ATA     " : null,
    fsavail: null,
    fsroots: [null],
    fssize: null,
    fsused: null,
    "fsuse%": null,
    mountpoint: null,
    mountpoints: [null],
    "log-sec": 512,
    "phy-sec": 4096,
  }));
  return `${JSON.stringify({ blockdevices }, null, 3)}\n`;
}

function wwnOf({ transport, serial }: DiskFacts): string {
  const digits = Buffer.from(serial).toString("hex").slice(-12);
  return transport === "nvme" ? `eui.5e5e${digits}` : `0x55e5${digits}`;
}

/** `nvme id-ctrl -o json`: strings are padded with spaces, as the drive stores them. */
export function idCtrlJson(disk: DiskFacts): string {
  const document = {
    vid: 24_158,
    ssvid: 24_158,
    sn: disk.serial.padEnd(20),
    mn: disk.model.padEnd(40),
    fr: disk.firmware.padEnd(8),
    rab: 4,
    ieee: 24_158,
    cntlid: 0,
    ver: 66_560,
    // Security, format, firmware, namespaces, self-test.
    oacs: 31,
    acl: 4,
    elpe: 255,
    wctemp: 345,
    cctemp: 358,
    tnvmcap: disk.sizeBytes,
    unvmcap: 0,
    sanicap: 3,
    nn: 1,
    oncs: 95,
    fna: 4,
    vwc: 1,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** `nvme self-test-log -o json`. */
export function selfTestLogJson(phase: SelfTestPhase): string {
  const entry = (hours: number) => ({
    "Self test result": 0,
    "Self test code": 1,
    "Segment number": 0,
    "Valid Diagnostic Information": 0,
    "Power on hours": hours,
  });
  const document = {
    "Current Device Self-Test Operation": phase === "running" ? 1 : 0,
    "Current Device Self-Test Completion": phase === "running" ? 60 : 0,
    "List of Valid Reports": phase === "after" ? [entry(POWER_ON_HOURS), entry(12)] : [entry(12)],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** `hdparm -I`, the parts that tell how a drive can be erased. */
export function hdparmText(disk: DiskFacts): string {
  return `
/dev/${disk.name}:

ATA device, with non-removable media
	Model Number:       ${disk.model}
	Serial Number:      ${disk.serial}
	Firmware Revision:  ${disk.firmware}
Commands/features:
	Enabled	Supported:
	   *	SMART feature set
	    	Security Mode feature set
Security: 
	Master password revision code = 65534
		supported
	not	enabled
	not	locked
	not	frozen
	not	expired: security count
		supported: enhanced erase
`;
}
