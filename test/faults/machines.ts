import { BURNT, nvidia } from "../agent/stages/fault-host.ts";
import { edgeNode, type HostFacts, rackServer } from "../demo/host/facts.ts";
import type { LabHost } from "./lab-host.ts";

/** A healthy machine: what it is made of, and what sets it apart from a host of the demo. */
interface Machine {
  readonly facts: (number: number) => HostFacts;
  readonly prepare: (host: LabHost) => void;
}

const named = (number: number) => ({ hostname: `lab-${number}`, number });

/** What the memory worker reaches in a second, beside the agent's reserve: then nothing is left untested. */
const AVAILABLE_KIB = 1_780_000;

function littleMemoryFree(host: LabHost): void {
  host.alter("root/proc/meminfo", (text) =>
    text.replace(/MemAvailable:.*/, `MemAvailable: ${AVAILABLE_KIB} kB`),
  );
}

export const GPU_ADDRESS = "0000:af:00.0";

/** An NVIDIA card with its driver, and gpu_burn; no DCGM. */
function addGpu(host: LabHost): void {
  host.alter(
    "out/lspci.txt",
    (text) =>
      `${text}Slot:\t${GPU_ADDRESS}\nClass:\t3D controller [0302]\nVendor:\tNVIDIA Corporation [10de]\nDevice:\tGA107GL [A2 / A16] [25b6]\nRev:\ta1\nDriver:\tnvidia\n\n`,
  );
  host.alter(
    "out/nvidia-smi.csv",
    nvidia([{ "pci.bus_id": "00000000:AF:00.0", serial: "SIMGPU01" }]),
  );
  host.alter(
    "out/gpu-burn.txt",
    BURNT.replace(" - 10 (790 Gflop/s)", "").replace("\tGPU 1: OK\n", ""),
  );
  host.program("nvidia-smi", { first: "show nvidia-smi.csv" });
  host.program("gpu_burn", { first: 'sleep "$1"; show gpu-burn.txt' });
}

function withoutBmc(host: LabHost): void {
  host.alter("out/ipmitool", null).alter("root/dev/ipmi0", null);
  host.alter("out/dmidecode.txt", (text) =>
    text.replace(/^Handle .*, DMI type 38,.*\n(?:.+\n)*/m, ""),
  );
  for (const name of ["sdr-elist", "sensor", "dcmi-power"])
    host.alter(`out/ipmitool/${name}.txt`, null);
}

const EDAC = "root/sys/devices/system/edac/mc";

export const MACHINES = {
  "edge node": { facts: (number) => edgeNode(named(number)), prepare: littleMemoryFree },
  "two-socket server": { facts: smallDisks, prepare: littleMemoryFree },
  "two-socket server with a GPU": {
    facts: smallDisks,
    prepare: (host) => {
      littleMemoryFree(host);
      addGpu(host);
    },
  },
  "edge node with a GPU": {
    facts: (number) => edgeNode(named(number)),
    prepare: (host) => {
      littleMemoryFree(host);
      addGpu(host);
    },
  },
  "node without BMC": {
    facts: (number) => ({ ...edgeNode(named(number)), product: "SIM-E0", psus: 0 }),
    prepare: (host) => {
      littleMemoryFree(host);
      withoutBmc(host);
    },
  },
  "virtual machine": { facts: virtualMachine, prepare: prepareVirtualMachine },
  "bare board": {
    facts: (number) => ({
      ...edgeNode(named(number)),
      product: "SIM-BARE",
      disks: [],
      psus: 0,
    }),
    prepare: (host) => {
      littleMemoryFree(host);
      withoutBmc(host);
      host.alter(EDAC, null);
    },
  },
} as const satisfies Record<string, Machine>;

export type MachineName = keyof typeof MACHINES;

/** badblocks writes over whole disks: these are small, so that three seconds are enough for it. */
function smallDisks(number: number): HostFacts {
  const facts = rackServer(named(number));
  const disks = facts.disks.map((disk) => (disk.rotational ? { ...disk, sizeBytes: 4e9 } : disk));
  return { ...facts, disks };
}

function virtualMachine(number: number): HostFacts {
  const facts = edgeNode(named(number));
  const [disk] = facts.disks;
  const [nic] = facts.nics;
  if (disk === undefined || nic === undefined) throw new Error("the edge node lost its parts");
  return {
    ...facts,
    product: "SIM-VM",
    disks: [{ ...disk, name: "vda", transport: "sata" }],
    nics: [{ ...nic, name: "eth0", driver: "virtio_net" }],
    psus: 0,
  };
}

/** No BMC, no EDAC, no throttle counters, no thermal sensors, a disk and a NIC without hardware behind them. */
function prepareVirtualMachine(host: LabHost): void {
  littleMemoryFree(host);
  withoutBmc(host);
  host.alter(EDAC, null);
  host.alterJson("out/lsblk.json", ({ blockdevices }: { blockdevices: { tran: string }[] }) => {
    for (const device of blockdevices) device.tran = "virtio";
  });
}

/** What the specs of the lab say must be in each machine; the bare board and the virtual machine have none. */
export const SPECS = [
  {
    name: "lab edge node",
    match: { product: "SIM-E1" },
    expect: {
      cpuSockets: 1,
      cpuCores: 4,
      memoryGiB: 4,
      dimms: 1,
      disks: 1,
      nics: 1,
      psus: 2,
      bmc: true,
      linkSpeedMbps: 10_000,
    },
    firmware: [
      { component: "bios", version: "2.19.1" },
      { component: "nvme", version: "E2MU200" },
      { component: "nic", version: "0x80000877" },
      { component: "bmc", version: "1.17" },
    ],
  },
  {
    name: "lab rack server",
    match: { product: "SIM-R2U" },
    expect: {
      cpuSockets: 2,
      cpuCores: 32,
      cpuModel: "Xeon Gold 6226R",
      memoryGiB: 256,
      dimms: 8,
      disks: 3,
      nics: 2,
      psus: 2,
      bmc: true,
      linkSpeedMbps: 25_000,
    },
    firmware: [{ component: "bios", version: "2.19.1" }],
  },
  {
    name: "lab node without BMC",
    match: { product: "SIM-E0" },
    expect: { cpuCores: 4, disks: 1, nics: 1, bmc: false },
  },
];
