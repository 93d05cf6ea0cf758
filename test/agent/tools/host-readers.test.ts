import { describe, expect, test } from "vitest";
import { readDiskIds, readDiskSlot } from "../../../agent/tools/disk-identity.ts";
import { parseIpLink, physicalLinks } from "../../../agent/tools/ip-link.ts";
import { parseLsblk } from "../../../agent/tools/lsblk.ts";
import { parseLscpu } from "../../../agent/tools/lscpu.ts";
import { isGpu, isHba, parseLspci } from "../../../agent/tools/lspci.ts";
import { readSecureBoot } from "../../../agent/tools/secure-boot.ts";
import { versionIn } from "../../../agent/tools/tool-version.ts";
import { answering, fixture, hasSharedCaptures, hostTree, sharedCapture } from "../fixture-host.ts";

describe("lscpu", () => {
  test.each([
    ["vm-2-cpus", "AMD EPYC", 1, 2, 2],
    ["qemu-q35", "QEMU TCG CPU version 2.5+", 1, 2, 2],
  ])("%s", (name, model, sockets, physicalCores, logicalCpus) => {
    expect(parseLscpu(fixture(`lscpu/${name}.json`))).toMatchObject({
      value: { model, sockets, physicalCores, logicalCpus },
    });
  });

  test("CPUs that are offline do not count, and fields may be nested", () => {
    const field = (name: string, data: string, children: object[] = []) => ({
      field: name,
      data,
      children,
    });
    const text = JSON.stringify({
      lscpu: [
        field("CPU(s):", "8", [field("On-line CPU(s) list:", "0-3,6")]),
        field("Vendor ID:", "X", [field("Socket(s):", "-"), field("Core(s) per socket:", "4")]),
      ],
    });
    expect(parseLscpu(text)).toMatchObject({
      value: { logicalCpus: 5, sockets: 1, physicalCores: 4 },
    });
  });

  test("without any CPU it is unreadable", () => {
    expect(parseLscpu('{"lscpu":[]}').kind).toBe("unreadable");
    expect(parseLscpu("lscpu: bad option").kind).toBe("unreadable");
  });
});

describe("lsblk", () => {
  test("the disk of a virtual machine, its transport taken from the subsystems", () => {
    const tree = parseLsblk(fixture("lsblk/virtio-root.json"));
    if (tree.kind !== "ok") throw new Error(tree.kind);
    const root = tree.value.find(({ kname }) => kname === "vda");
    expect(root).toMatchObject({ type: "disk", transport: "virtio", sizeBytes: 256 * 1024 ** 3 });
    expect(root?.mountpoints).toContain("/");
  });

  test.runIf(hasSharedCaptures()).each([
    ["gpud-lsblk.1.json", 4],
    ["gpud-lsblk.3.json", 9],
    ["gpud-lsblk.withlv.censored.json", 2],
  ])("%s has at least %i disks", (name, disks) => {
    const tree = parseLsblk(sharedCapture(`lsblk/${name}`));
    if (tree.kind !== "ok") throw new Error(tree.kind);
    expect(tree.value.filter(({ type }) => type === "disk").length).toBeGreaterThanOrEqual(disks);
  });

  test("truth as strings, as old versions print it", () => {
    const text =
      '{"blockdevices":[{"name":"sda","type":"disk","size":"1000","rota":"1","rm":"0"}]}';
    expect(parseLsblk(text)).toMatchObject({
      value: [{ rotational: true, removable: false, sizeBytes: 1000 }],
    });
  });
});

describe("lspci", () => {
  test("addresses with domain, numbers, and drivers", () => {
    const devices = parseLspci(fixture("lspci/virtio-vm.txt"));
    if (devices.kind !== "ok") throw new Error(devices.kind);
    expect(devices.value.find(({ classId }) => classId === "0200")).toMatchObject({
      address: "0000:00:03.0",
      vendorId: "1af4",
      deviceId: "1041",
      driver: "virtio-pci",
    });
  });

  test.runIf(hasSharedCaptures()).each([
    ["lspci-nnmmv.txt", 47],
    ["lspci-vmm-onrack.txt", 8],
  ])("%s has %i devices", (name, count) => {
    const devices = parseLspci(sharedCapture(`lspci/${name}`));
    expect(devices.kind === "ok" ? devices.value.length : devices.kind).toBe(count);
  });

  test.each([
    ["0302", "10de", "20b2", true],
    ["0300", "10de", "2204", true],
    ["0380", "1002", "740f", true],
    ["0300", "1a03", "2000", false],
    ["0300", "102b", "0534", false],
    ["0300", "1002", "515e", false],
    ["0200", "10de", "0001", false],
  ])("class %s of %s:%s is a GPU: %s", (classId, vendorId, deviceId, expected) => {
    expect(isGpu({ ...anyDevice, classId, vendorId, deviceId })).toBe(expected);
  });

  test.each([
    ["0107", "1000", true],
    ["0104", "1000", true],
    ["0c04", "1077", true],
    ["0106", "8086", false],
    ["0100", "1af4", false],
  ])("class %s of %s is an adapter with firmware: %s", (classId, vendorId, expected) => {
    expect(isHba({ ...anyDevice, classId, vendorId })).toBe(expected);
  });
});

const anyDevice = {
  address: "0000:01:00.0",
  className: "",
  classId: "",
  vendor: "",
  vendorId: "",
  device: "",
  deviceId: "",
  subsystemDevice: null,
  physicalSlot: null,
  driver: null,
};

describe("network links", () => {
  const links = (name: string) => {
    const parsed = parseIpLink(fixture(`ip-link/${name}.json`));
    if (parsed.kind !== "ok") throw new Error(parsed.kind);
    return parsed.value;
  };
  const veth = answering({ ethtool: fixture("ethtool/veth-i.txt") });

  test("the ports with a device behind them; no loopback, no ifb", async () => {
    const files = hostTree({}, { "/sys/class/net/eth0/device": "/sys/devices/virtio0" });
    const found = await physicalLinks({ run: veth, files }, links("virtio-and-ifb"));
    expect(found.map(({ name }) => name)).toEqual(["eth0"]);
    expect(found[0]).toMatchObject({ mac: "02:fc:00:00:00:01", carrier: true });
  });

  test("veth counts only where there is no hardware", async () => {
    const found = await physicalLinks({ run: veth, files: hostTree({}) }, links("qemu-e1000e"));
    expect(found.map(({ name }) => name)).toEqual(["eth0"]);
    const bridge = answering({ ethtool: "driver: bridge\n" });
    expect(await physicalLinks({ run: bridge, files: hostTree({}) }, links("qemu-e1000e"))).toEqual(
      [],
    );
  });

  test("virtual functions of a shared port are left out", async () => {
    const files = hostTree(
      {},
      {
        "/sys/class/net/eth0/device": "/sys/devices/0000:00:04.1",
        "/sys/class/net/eth0/device/physfn": "/sys/devices/0000:00:04.0",
      },
    );
    expect(await physicalLinks({ run: veth, files }, links("qemu-e1000e"))).toEqual([]);
  });

  test("the kernel's error counters", () => {
    expect(links("qemu-e1000e").find(({ name }) => name === "eth0")?.errors).toMatchObject({
      rxCrc: 0,
      rxMissed: 0,
      txCarrier: 0,
    });
  });

  test.runIf(hasSharedCaptures())("loopback of another machine", () => {
    expect(parseIpLink(sharedCapture("ip-link/ip-j-s-s-lo.json"))).toMatchObject({
      value: [{ name: "lo", loopback: true }],
    });
  });
});

describe("what a disk is called, and where it sits", () => {
  test("a name with model and serial is preferred to a number", async () => {
    const files = hostTree(
      {},
      {
        "/dev/disk/by-id/nvme-eui.0025": "/dev/nvme0n1",
        "/dev/disk/by-id/nvme-Bench_VT1": "/dev/nvme0n1",
        "/dev/disk/by-id/wwn-0x5000": "/dev/sda",
        "/dev/disk/by-id/ata-Bench_VT2": "/dev/sda",
        "/dev/disk/by-id/ata-Bench_VT2-part1": "/dev/sda1",
      },
    );
    expect(Object.fromEntries(await readDiskIds(files))).toEqual({
      nvme0n1: "nvme-Bench_VT1",
      sda: "ata-Bench_VT2",
    });
  });

  test("the bay of a SAS backplane, and the PCI slot of an NVMe drive", async () => {
    const files = hostTree(
      { "/sys/bus/pci/slots/12/address": "0000:5e:00\n" },
      {
        "/sys/block/sda/device/enclosure_device:Slot 03": "/sys/class/enclosure/0/Slot 03",
        "/sys/block/nvme0n1/device": "/sys/devices/pci0000:5d/0000:5d:02.0/0000:5e:00.0/nvme/nvme0",
      },
    );
    expect(await readDiskSlot(files, "sda")).toBe("Slot 03");
    expect(await readDiskSlot(files, "nvme0n1")).toBe("PCI slot 12");
    expect(await readDiskSlot(files, "sdb")).toBeNull();
  });
});

describe("secure boot", () => {
  const variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  test.each([
    [{}, "unsupported"],
    [{ "/sys/firmware/efi/systab": "x" }, "unknown"],
    [{ [variable]: "\u0006\u0000\u0000\u0000\u0001" }, "enabled"],
    [{ [variable]: "\u0006\u0000\u0000\u0000\u0000" }, "disabled"],
    [{ "/sys/firmware/efi/efivars/BootOrder": "x" }, "unsupported"],
  ])("case %#: %s", async (tree: Record<string, string>, expected) => {
    expect(await readSecureBoot(hostTree(tree))).toBe(expected);
  });
});

test.each([
  ["lscpu from util-linux 2.38.1", "2.38.1"],
  ["ip utility, iproute2-6.1.0, libbpf 1.1.2", "6.1.0"],
  ["smartctl 7.3 2022-02-28 r5338", "7.3"],
  ["nvme version 2.3 (git 2.3)", "2.3"],
  ["3.4", "3.4"],
  ["no such option", null],
])("the version in %s is %s", (text, version) => {
  expect(versionIn(text)).toBe(version);
});
