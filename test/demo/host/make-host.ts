import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bmcTexts } from "./bmc-output.ts";
import { dmidecodeText, lscpuJson, lspciText } from "./board-output.ts";
import { hdparmText, idCtrlJson, lsblkJson, selfTestLogJson } from "./disk-output.ts";
import type { HostFacts } from "./facts.ts";
import { writeHostTree } from "./host-tree.ts";
import {
  ethtoolDriverText,
  ethtoolStatsText,
  ethtoolText,
  ipAddressJson,
  ipLinkJson,
  ipLinkText,
} from "./network-output.ts";
import { Simulator } from "./simulator.ts";
import {
  selfTestStartedJson,
  smartctlExit,
  smartctlJson,
  smartctlText,
} from "./smartctl-output.ts";
import { writeFiles } from "./write-files.ts";

const CAPTURES = join(import.meta.dirname, "../../fixtures/tool-captures");
const PHASES = ["before", "running", "after"] as const;

/**
 * Makes a simulated host in a folder: what its tools print, and its /sys, /proc and /dev. The fakes in
 * test/fakes/tools find it through FAKE_HOST_DIR.
 */
export function makeHost(folder: string, host: HostFacts): void {
  const out = join(folder, "out");
  for (const name of ["out", "activity", "state", "root"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const capture = (name: string) => readFileSync(join(CAPTURES, name), "utf8");
  writeFiles(out, {
    "dmidecode.txt": dmidecodeText(host),
    "lscpu.json": lscpuJson(host, capture("lscpu.json")),
    "lspci.txt": lspciText(host),
    "lsblk.json": lsblkJson(host.disks, capture("lsblk.json")),
    "ip-link.json": ipLinkJson(host, capture("ip-link.json")),
    "ip-link.txt": ipLinkText(host),
    "ip-address.json": ipAddressJson(host, capture("ip-address.json")),
    "dmesg.raw": `<5>[    0.000000] Linux version 6.1.0-18-amd64 (simulated host ${host.hostname})\n<6>[    0.000000] DMI: ${host.vendor} ${host.product}/${host.board}, BIOS ${host.biosVersion} ${host.biosDate}\n`,
    "smartctl/started.json": selfTestStartedJson(),
    "fio.json": JSON.stringify(
      Object.fromEntries(host.disks.map((disk) => [disk.name, speedOf(disk.rotational)])),
    ),
    "iperf3.json": JSON.stringify(
      Object.fromEntries(host.nics.map(({ name, speedMbps }) => [name, speedMbps])),
    ),
  });
  for (const disk of host.disks) {
    for (const phase of PHASES) {
      writeFiles(out, { [`smartctl/${disk.name}.${phase}.json`]: smartctlJson(disk, phase) });
    }
    writeFiles(out, {
      [`smartctl/${disk.name}.txt`]: smartctlText(disk),
      [`smartctl/${disk.name}.exit`]: `${smartctlExit(disk)}\n`,
    });
    if (disk.transport === "nvme") {
      const controller = disk.name.replace(/n\d+$/, "");
      writeFiles(out, { [`nvme/${controller}-id-ctrl.json`]: idCtrlJson(disk) });
      for (const phase of PHASES) {
        writeFiles(out, {
          [`nvme/${controller}-self-test-log.${phase}.json`]: selfTestLogJson(phase),
        });
      }
    } else {
      writeFiles(out, { [`hdparm/${disk.name}.txt`]: hdparmText(disk) });
    }
  }
  for (const nic of host.nics) {
    writeFiles(out, {
      [`ethtool/${nic.name}.txt`]: ethtoolText(nic),
      [`ethtool/${nic.name}-i.txt`]: ethtoolDriverText(nic),
      [`ethtool/${nic.name}-S.txt`]: ethtoolStatsText(),
    });
  }
  const bmc = Object.entries(bmcTexts(host));
  writeFiles(out, Object.fromEntries(bmc.map(([name, text]) => [`ipmitool/${name}`, text])));
  writeHostTree(join(folder, "root"), host);
  // Once by hand, so that sensors can be read before the simulator runs.
  new Simulator(folder, host).tick(0);
}

/** Of a middling drive of its kind. */
function speedOf(rotational: boolean) {
  return rotational
    ? { iops: 410, sequentialBytesPerS: 248_000_000 }
    : { iops: 612_000, sequentialBytesPerS: 3_150_000_000 };
}
