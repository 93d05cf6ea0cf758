/** What a simulated host is made of. Everything here is invented; makers and models say so by their names. */
export interface HostFacts {
  readonly hostname: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  readonly uuid: string;
  readonly board: string;
  readonly biosVersion: string;
  readonly biosDate: string;
  readonly cpu: CpuFacts;
  readonly dimmGiB: number;
  readonly dimms: readonly string[];
  readonly disks: readonly DiskFacts[];
  readonly nics: readonly NicFacts[];
  readonly psus: number;
  readonly bmc: { readonly firmware: string; readonly address: string };
}

export interface CpuFacts {
  readonly model: string;
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly threadsPerCore: number;
  readonly maxMHz: number;
  readonly microcode: string;
}

export interface DiskFacts {
  /** Kernel name; NVMe with its namespace: `nvme0n1`. */
  readonly name: string;
  readonly transport: "nvme" | "sata";
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly sizeBytes: number;
  readonly rotational: boolean;
  /** NVMe: the label of its PCI slot; SATA: of its bay in the enclosure. */
  readonly slot: string;
  readonly pciAddress: string;
  /** A drive that has lost sectors and says of itself that it is failing. */
  readonly failing: boolean;
}

export interface NicFacts {
  readonly name: string;
  readonly mac: string;
  readonly address: string;
  readonly speedMbps: number;
  readonly driver: string;
  readonly model: string;
  readonly firmware: string;
  readonly pciAddress: string;
}

export function logicalCpus({ sockets, coresPerSocket, threadsPerCore }: CpuFacts): number {
  return sockets * coresPerSocket * threadsPerCore;
}

export function memoryGiB({ dimmGiB, dimms }: HostFacts): number {
  return dimmGiB * dimms.length;
}

export interface Identity {
  readonly hostname: string;
  /** Tells the hosts apart in serials, addresses and MACs: 1 to 250. */
  readonly number: number;
  readonly failingDisk?: boolean;
}

/** Locally administered, with a prefix of our own: no real card has such an address. */
function macOf(number: number, port: number): string {
  return `02:5e:d0:00:${hex(number, 2)}:${hex(port, 2)}`;
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, "0");
}

function common({ hostname, number }: Identity, product: string) {
  return {
    hostname,
    vendor: "Simulated Systems",
    product,
    serial: `SIM${String(number).padStart(5, "0")}`,
    uuid: `5e5e5e5e-0000-4000-8000-${hex(number, 12)}`,
    biosVersion: "2.19.1",
    biosDate: "06/04/2026",
    bmc: { firmware: "1.17", address: `198.51.100.${number}` },
  };
}

/** A two-socket rack server: NVMe, two spinning disks, two ports of 25 Gbit/s. */
export function rackServer(identity: Identity): HostFacts {
  const { number, failingDisk = false } = identity;
  const disk = (name: string, bay: number, failing: boolean): DiskFacts => ({
    name,
    transport: "sata",
    model: "SIMDISK HD8000",
    serial: `SIMHD${hex(number, 2).toUpperCase()}0${bay}`,
    firmware: "SN04",
    sizeBytes: 8_001_563_222_016,
    rotational: true,
    slot: `Slot ${String(bay).padStart(2, "0")}`,
    pciAddress: "0000:00:17.0",
    failing,
  });
  const nic = (port: number): NicFacts => ({
    name: `ens3f${port}np${port}`,
    mac: macOf(number, port),
    address: `192.0.2.${number * 4 + port}`,
    speedMbps: 25_000,
    driver: "ice",
    model: "Ethernet Controller E810-XXV for SFP",
    firmware: "4.40 0x8001c7d4 1.3534.0",
    pciAddress: `0000:3b:00.${port}`,
  });
  return {
    ...common(identity, "SIM-R2U"),
    board: "SIM-R2U-MB",
    cpu: {
      model: "Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz",
      sockets: 2,
      coresPerSocket: 16,
      threadsPerCore: 2,
      maxMHz: 3900,
      microcode: "0x5003707",
    },
    dimmGiB: 32,
    dimms: ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"].map((slot) => `DIMM_${slot}`),
    disks: [
      {
        name: "nvme0n1",
        transport: "nvme",
        model: "SIMDISK NV3840",
        serial: `SIMNV${hex(number, 2).toUpperCase()}01`,
        firmware: "E2MU200",
        sizeBytes: 3_840_755_982_336,
        rotational: false,
        slot: "5",
        pciAddress: "0000:5e:00.0",
        failing: false,
      },
      disk("sda", 0, false),
      disk("sdb", 1, failingDisk),
    ],
    nics: [nic(0), nic(1)],
    psus: 2,
  };
}

/** A small edge node whose whole memory can be tested within seconds. */
export function edgeNode(identity: Identity): HostFacts {
  const { number } = identity;
  return {
    ...common(identity, "SIM-E1"),
    board: "SIM-E1-MB",
    cpu: {
      model: "Intel(R) Xeon(R) D-1718T CPU @ 2.60GHz",
      sockets: 1,
      coresPerSocket: 4,
      threadsPerCore: 2,
      maxMHz: 3500,
      microcode: "0x1000211",
    },
    dimmGiB: 4,
    dimms: ["DIMM_A1"],
    disks: [
      {
        name: "nvme0n1",
        transport: "nvme",
        model: "SIMDISK NV960",
        serial: `SIMNV${hex(number, 2).toUpperCase()}01`,
        firmware: "E2MU200",
        sizeBytes: 960_197_124_096,
        rotational: false,
        slot: "1",
        pciAddress: "0000:5e:00.0",
        failing: false,
      },
    ],
    nics: [
      {
        name: "eno1",
        mac: macOf(number, 0),
        address: `192.0.2.${number * 4}`,
        speedMbps: 10_000,
        driver: "ixgbe",
        model: "Ethernet Connection X553 10 GbE SFP+",
        firmware: "0x80000877",
        pciAddress: "0000:04:00.0",
      },
    ],
    psus: 2,
  };
}
