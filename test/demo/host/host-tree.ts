import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DiskFacts, type HostFacts, logicalCpus, memoryGiB } from "./facts.ts";
import { type FileTexts, writeFiles, writeLinks } from "./write-files.ts";

/** Where the simulator writes each second, below the root. */
export const HWMON = "sys/class/hwmon";
export const CPU_CLOCK = "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq";
export const THROTTLE_COUNT = "sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count";

/** At this the sensors call it critical: Intel's usual limit, and that of an NVMe drive. */
export const CPU_CRITICAL_C = 100;
const NVME_CRITICAL_C = 85;

export const FANS = ["Fan1", "Fan2", "Fan3", "Fan4"] as const;

/** The chips in the order of their numbers: one a socket, the board's fans, then one a disk. */
export function hwmonOf(host: HostFacts, what: "cpu" | "board" | "disk", index = 0): string {
  const first = { cpu: 0, board: host.cpu.sockets, disk: host.cpu.sockets + 1 }[what];
  return `${HWMON}/hwmon${first + index}`;
}

/** Makes the /sys, /proc and /dev that the agent reads on this host. Nothing in it marks a live image. */
export function writeHostTree(root: string, host: HostFacts): void {
  mkdirSync(join(root, "dev"), { recursive: true });
  writeFiles(root, {
    ...procFiles(host),
    ...cpuFiles(host),
    ...sensorFiles(host),
    ...memoryFiles(host),
    ...networkFiles(host),
    "dev/ipmi0": "",
    // Four bytes of attributes, then 0: Secure Boot is off.
    "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c": Buffer.from([
      6, 0, 0, 0, 0,
    ]),
  });
  for (const [index, disk] of host.disks.entries()) writeDisk(root, host, disk, index);
  for (const { name, pciAddress } of host.nics) {
    writeLinks(root, { [`sys/class/net/${name}/device`]: pciFolder(pciAddress) });
  }
}

function pciFolder(address: string): string {
  return `sys/devices/pci0000:00/${address}`;
}

function procFiles(host: HostFacts): FileTexts {
  const { cpu } = host;
  const totalKiB = Math.floor(memoryGiB(host) * 1024 ** 2 * 0.98);
  const availableKiB = Math.floor(totalKiB * 0.94);
  const processors = Array.from({ length: logicalCpus(cpu) }, (_, index) =>
    [
      `processor\t: ${index}`,
      "vendor_id\t: GenuineIntel",
      `model name\t: ${cpu.model}`,
      `microcode\t: ${cpu.microcode}`,
      `physical id\t: ${index % cpu.sockets}`,
      "",
    ].join("\n"),
  );
  return {
    "proc/cpuinfo": `${processors.join("\n")}\n`,
    "proc/meminfo": `MemTotal:       ${totalKiB} kB\nMemFree:        ${availableKiB} kB\nMemAvailable:   ${availableKiB} kB\n`,
    // An installed system's command line: no vetting.live=1, so the agent refuses power and disk writes.
    "proc/cmdline": "BOOT_IMAGE=/vmlinuz quiet vetting.simulated=1\n",
    "proc/mounts": "tmpfs / tmpfs rw,relatime 0 0\n",
    "proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n",
    "proc/mdstat": "Personalities : \nunused devices: <none>\n",
  };
}

function cpuFiles({ cpu }: HostFacts): FileTexts {
  const files: Record<string, string> = { [CPU_CLOCK]: `${cpu.maxMHz * 500}\n` };
  for (let index = 0; index < logicalCpus(cpu); index += 1) {
    const folder = `sys/devices/system/cpu/cpu${index}`;
    files[`${folder}/topology/physical_package_id`] = `${index % cpu.sockets}\n`;
    files[`${folder}/topology/core_id`] =
      `${Math.floor(index / cpu.sockets) % cpu.coresPerSocket}\n`;
  }
  files["sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count"] = "0\n";
  files[THROTTLE_COUNT] = "0\n";
  files["sys/devices/system/machinecheck/machinecheck0/check_interval"] = "300\n";
  return files;
}

function sensorFiles(host: HostFacts): FileTexts {
  const files: Record<string, string> = {};
  for (let socket = 0; socket < host.cpu.sockets; socket += 1) {
    const folder = hwmonOf(host, "cpu", socket);
    files[`${folder}/name`] = "coretemp\n";
    files[`${folder}/temp1_label`] = `Package id ${socket}\n`;
    files[`${folder}/temp1_input`] = "40000\n";
    files[`${folder}/temp1_crit`] = `${CPU_CRITICAL_C * 1000}\n`;
  }
  const board = hwmonOf(host, "board");
  files[`${board}/name`] = "nct6798\n";
  FANS.forEach((label, index) => {
    files[`${board}/fan${index + 1}_label`] = `${label}\n`;
    files[`${board}/fan${index + 1}_input`] = "3600\n";
  });
  host.disks.forEach((disk, index) => {
    const folder = hwmonOf(host, "disk", index);
    files[`${folder}/name`] = disk.transport === "nvme" ? "nvme\n" : "drivetemp\n";
    files[`${folder}/temp1_input`] = "32000\n";
    const critical = disk.transport === "nvme" ? NVME_CRITICAL_C : 60;
    files[`${folder}/temp1_crit`] = `${critical * 1000}\n`;
  });
  return files;
}

/** One controller a socket, with the modules by their labels. */
function memoryFiles(host: HostFacts): FileTexts {
  const files: Record<string, string> = {};
  const perSocket = Math.ceil(host.dimms.length / host.cpu.sockets);
  for (let socket = 0; socket < host.cpu.sockets; socket += 1) {
    const folder = `sys/devices/system/edac/mc/mc${socket}`;
    files[`${folder}/mc_name`] = `Skylake Socket#${socket} IMC#0\n`;
    files[`${folder}/ce_count`] = "0\n";
    files[`${folder}/ue_count`] = "0\n";
    const dimms = host.dimms.slice(socket * perSocket, (socket + 1) * perSocket);
    dimms.forEach((label, index) => {
      files[`${folder}/dimm${index}/dimm_label`] = `${label}\n`;
      files[`${folder}/dimm${index}/dimm_ce_count`] = "0\n";
      files[`${folder}/dimm${index}/dimm_ue_count`] = "0\n";
    });
  }
  return files;
}

function networkFiles(host: HostFacts): FileTexts {
  const zeros = Array.from({ length: 16 }, () => "0").join(" ");
  const files: Record<string, string> = {
    "proc/net/dev": `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: ${zeros}
${host.nics.map(({ name }) => `${name}: ${zeros}\n`).join("")}`,
  };
  for (const { name, mac, speedMbps } of host.nics) {
    const folder = `sys/class/net/${name}`;
    files[`${folder}/address`] = `${mac}\n`;
    files[`${folder}/carrier`] = "1\n";
    files[`${folder}/carrier_changes`] = "2\n";
    files[`${folder}/speed`] = `${speedMbps}\n`;
    for (const counter of ["rx_errors", "tx_errors", "rx_crc_errors", "rx_missed_errors"]) {
      files[`${folder}/statistics/${counter}`] = "0\n";
    }
  }
  return files;
}

function writeDisk(root: string, host: HostFacts, disk: DiskFacts, index: number): void {
  const { name, transport, pciAddress, slot, serial, model } = disk;
  const folder = hwmonOf(host, "disk", index);
  const byId = `${transport === "nvme" ? "nvme" : "ata"}-${model.replaceAll(" ", "_")}_${serial}`;
  writeFiles(root, { [`dev/${name}`]: "" });
  writeLinks(root, { [`dev/disk/by-id/${byId}`]: `dev/${name}` });
  if (transport === "nvme") {
    const controller = name.replace(/n\d+$/, "");
    const device = `${pciFolder(pciAddress)}/nvme/${controller}`;
    writeFiles(root, {
      [`${device}/serial`]: `${serial}\n`,
      [`${device}/model`]: `${model}\n`,
      [`${device}/address`]: `${pciAddress}\n`,
      [`${device}/${name}/size`]: `${disk.sizeBytes / 512}\n`,
      [`sys/bus/pci/slots/${slot}/address`]: `${pciAddress.replace(/\.\d$/, "")}\n`,
    });
    writeLinks(root, {
      [`sys/class/nvme/${controller}`]: device,
      [`sys/block/${name}`]: `${device}/${name}`,
      [`${device}/${name}/device`]: device,
      [`${folder}/device`]: device,
    });
    return;
  }
  const device = `${pciFolder(pciAddress)}/ata${index}/host${index}/target${index}:0:0/${index}:0:0:0`;
  writeFiles(root, {
    [`${device}/block/${name}/size`]: `${disk.sizeBytes / 512}\n`,
    [`${device}/enclosure_device:${slot}/active`]: "1\n",
  });
  writeLinks(root, {
    [`sys/block/${name}`]: `${device}/block/${name}`,
    [`${device}/block/${name}/device`]: device,
    [`${folder}/device`]: device,
  });
}
