import { describe, expect, test } from "vitest";
import { firmwareProbes } from "../../../agent/probes/index.ts";
import { microcodeRows } from "../../../agent/probes/microcode.ts";
import type { HostFiles, RunCommand } from "../../../agent/tools/command.ts";
import { FIRMWARE_COMPONENTS, firmwareRowSchema } from "../../../contract/firmware.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { answering, fixture, hasSharedCaptures, hostTree, sharedCapture } from "../fixture-host.ts";

interface Host {
  readonly run?: RunCommand;
  readonly files?: HostFiles;
  readonly inventory?: Inventory | null;
}

async function probe(component: string, { run, files, inventory }: Host) {
  const found = firmwareProbes.find((known) => known.component === component);
  if (found === undefined) throw new Error(`no probe for ${component}`);
  const rows = await found.run({
    run: run ?? answering({}),
    files: files ?? hostTree({}),
    inventory: inventory ?? null,
    signal: new AbortController().signal,
  });
  return rows.map((row) => firmwareRowSchema.parse(row));
}

test("there is one probe for each component of the contract", () => {
  expect(firmwareProbes.map(({ component }) => component)).toEqual([...FIRMWARE_COMPONENTS]);
});

describe("bios", () => {
  test("vendor, version and date from SMBIOS", async () => {
    const run = answering({ dmidecode: fixture("dmidecode/qemu-q35.txt") });
    expect(await probe("bios", { run })).toMatchObject([
      {
        identifier: "system",
        vendor: "Vetting",
        version: "1.2.3",
        date: "11/23/2026",
        problem: null,
      },
    ]);
  });

  test("a host without SMBIOS still has its row, and the row says why it is empty", async () => {
    const run = answering({
      dmidecode: { stderr: fixture("dmidecode/no-smbios.stderr.txt"), exitCode: 1 },
    });
    const [row] = await probe("bios", { run });
    expect(row?.version).toBeNull();
    expect(row?.problem).toContain("no SMBIOS");
  });
});

describe("bmc", () => {
  const absent = answering({
    ipmitool: { stderr: fixture("ipmitool/no-device.stderr.txt"), exitCode: 1 },
  });

  test("its firmware", async () => {
    const run = answering({ ipmitool: fixture("ipmitool/qemu-mc-info.txt") });
    expect(await probe("bmc", { run })).toMatchObject([{ identifier: "system", version: "0.00" }]);
  });

  test("no row on a host that has none", async () => {
    expect(await probe("bmc", { run: absent })).toEqual([]);
    expect(await probe("bmc", {})).toEqual([]);
  });

  test("a row with the reason when the board has one that cannot be asked", async () => {
    const bmc = { vendor: null, firmware: null, ipmiVersion: null, address: null };
    const inventory = { ...emptyInventory, bmc };
    expect(await probe("bmc", { run: absent, inventory })).toMatchObject([{ version: null }]);
    const files = hostTree({ "/dev/ipmi0": "" });
    const [row] = await probe("bmc", { files });
    expect(row?.problem).toBe("ipmitool is not installed.");
  });
});

describe("nic", () => {
  const links = fixture("ip-link/qemu-e1000e.json");
  const files = hostTree({}, { "/sys/class/net/eth0/device": "/sys/devices/0000:00:04.0" });

  test("by PCI address, with interface and MAC as further names", async () => {
    const nic = {
      name: "eth0",
      mac: "52:54:00:12:34:56",
      driver: "e1000e",
      speedMbps: 1000,
      maxSpeedMbps: 1000,
      carrier: true,
      pciAddress: "0000:00:04.0",
      model: "82574L",
    };
    const run = answering({ ethtool: fixture("ethtool/qemu-e1000e-i.txt") });
    const rows = await probe("nic", { run, inventory: { ...emptyInventory, nics: [nic] } });
    expect(rows).toMatchObject([
      { identifier: "0000:00:04.0", aliases: ["eth0", "52:54:00:12:34:56"], version: "2.1-0" },
    ]);
  });

  test("finds the ports itself when Inventory did not", async () => {
    const run = answering({ ip: links, ethtool: fixture("ethtool/qemu-e1000e-i.txt") });
    expect(await probe("nic", { run, files })).toMatchObject([{ version: "2.1-0" }]);
  });

  test("a virtual card has no firmware, a real one that reports none says so", async () => {
    const virtio = answering({ ip: links, ethtool: fixture("ethtool/virtio-i.txt") });
    expect(await probe("nic", { run: virtio, files })).toEqual([]);
    const silent = answering({ ip: links, ethtool: "driver: r8169\nfirmware-version: \n" });
    expect(await probe("nic", { run: silent, files })).toMatchObject([
      { version: null, problem: "The driver r8169 reports no firmware version." },
    ]);
  });

  test("without ethtool every port says so", async () => {
    const [row] = await probe("nic", { run: answering({ ip: links }), files });
    expect(row).toMatchObject({ identifier: "eth0", problem: "ethtool is not installed." });
  });
});

describe("nvme", () => {
  const files = hostTree({
    "/sys/class/nvme/nvme0/serial": "VTNVME0001   \n",
    "/sys/class/nvme/nvme0/model": "QEMU NVMe Ctrl \n",
    "/sys/class/nvme/nvme0/address": "0000:00:05.0\n",
    "/sys/class/nvme/nvme0/firmware_rev": "7.2.22\n",
  });

  test("the drive's own answer, by serial", async () => {
    const run = answering({ "nvme id-ctrl /dev/nvme0 -o json": fixture("nvme/qemu-id-ctrl.json") });
    expect(await probe("nvme", { run, files })).toMatchObject([
      { identifier: "VTNVME0001", aliases: ["nvme0", "0000:00:05.0"], version: "7.2.22" },
    ]);
  });

  test("a drive that cannot be asked says why; a host without drives has no row", async () => {
    expect(await probe("nvme", { files })).toMatchObject([
      { identifier: "VTNVME0001", version: null, problem: "nvme is not installed." },
    ]);
    expect(await probe("nvme", {})).toEqual([]);
  });
});

describe("hba", () => {
  const run = answering({ lspci: fixture("lspci/qemu-megasas.txt") });
  const host = "/sys/bus/pci/devices/0000:00:07.0/host6/scsi_host/host6";

  test("the version where the driver shows it", async () => {
    const files = hostTree({ [`${host}/version_fw`]: "16.00.11.00\n" });
    expect(await probe("hba", { run, files })).toMatchObject([
      { identifier: "0000:00:07.0", version: "16.00.11.00", problem: null },
    ]);
  });

  test("an adapter whose driver shows none says which driver", async () => {
    expect(await probe("hba", { run })).toMatchObject([
      { version: null, problem: "The driver megaraid_sas shows no firmware version in sysfs." },
    ]);
  });

  test("plain SATA is no adapter with firmware; without lspci nobody knows", async () => {
    const plain = answering({ lspci: fixture("lspci/qemu-q35.txt") });
    expect(await probe("hba", { run: plain })).toEqual([]);
    expect(await probe("hba", {})).toMatchObject([{ problem: "lspci is not installed." }]);
  });
});

describe("microcode", () => {
  const core = (id: number, version: string | null) =>
    [
      `processor\t: ${id}`,
      "vendor_id\t: GenuineIntel",
      `physical id\t: ${id % 2}`,
      ...(version === null ? [] : [`microcode\t: ${version}`]),
    ].join("\n");

  test("one row a socket", () => {
    const rows = microcodeRows([core(0, "0x1"), core(1, "0x2"), core(2, "0x1")].join("\n\n"));
    expect(rows).toMatchObject([
      { identifier: "socket 0", version: "0x1" },
      { identifier: "socket 1", version: "0x2" },
    ]);
  });

  test("cores of a socket that disagree have no version", () => {
    const [row] = microcodeRows([core(0, "0x1"), core(2, "0x2")].join("\n\n"));
    expect(row).toMatchObject({
      version: null,
      problem: "The cores of this socket disagree: 0x1, 0x2.",
    });
  });

  test("none, or no processor at all, is said", () => {
    expect(microcodeRows(core(0, null))[0]?.problem).toContain("no microcode version");
    expect(microcodeRows("")[0]?.problem).toContain("no processor");
  });

  test.runIf(hasSharedCaptures()).each([
    ["cpuinfo-intel-i5", 2],
    ["cpuinfo-node-exporter", 1],
  ])("%s has %i sockets", (name, sockets) => {
    expect(microcodeRows(sharedCapture(`proc/${name}.txt`))).toHaveLength(sockets);
  });
});
