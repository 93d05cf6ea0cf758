import { describe, expect, test } from "vitest";
import { inventory } from "../../../agent/stages/inventory.ts";
import { inventorySchema } from "../../../contract/inventory.ts";
import { stageOutcomeSchema } from "../../../contract/stage-result.ts";
import { answering, fixture, hasSharedCaptures, hostTree, sharedCapture } from "../fixture-host.ts";
import { stageContext } from "../stage-context.ts";

type Answers = Parameters<typeof answering>[0];

const MEMINFO = { "/proc/meminfo": "MemTotal:       24684084 kB\nMemFree: 1 kB\n" };
const noDevice = { stderr: fixture("ipmitool/no-device.stderr.txt"), exitCode: 1 };

/** The virtual machine that most fixtures come from: no SMBIOS, no BMC, a virtio disk and NIC. */
const VM: Answers = {
  dmidecode: { stderr: fixture("dmidecode/no-smbios.stderr.txt"), exitCode: 1 },
  lscpu: fixture("lscpu/vm-2-cpus.json"),
  lsblk: fixture("lsblk/virtio-root.json"),
  lspci: fixture("lspci/virtio-vm.txt"),
  ip: fixture("ip-link/virtio-and-ifb.json"),
  "ethtool -i eth0": fixture("ethtool/virtio-i.txt"),
  ethtool: fixture("ethtool/virtio.txt"),
  ipmitool: noDevice,
};
const VM_LINKS = { "/sys/class/net/eth0/device": "/sys/devices/virtio1" };

/** A machine emulated by QEMU with SMBIOS, a BMC, an e1000e card, SATA, USB and NVMe disks. */
const QEMU: Answers = {
  dmidecode: fixture("dmidecode/qemu-q35.txt"),
  lscpu: fixture("lscpu/qemu-q35.json"),
  lsblk: fixture("lsblk/qemu-sata-usb-nvme.json"),
  lspci: fixture("lspci/qemu-q35.txt"),
  ip: fixture("ip-link/qemu-e1000e.json"),
  "ethtool -i eth0": fixture("ethtool/qemu-e1000e-i.txt"),
  ethtool: fixture("ethtool/qemu-e1000e.txt"),
  "ipmitool mc info": fixture("ipmitool/qemu-mc-info.txt"),
  "ipmitool fru print": fixture("ipmitool/qemu-fru.txt"),
  ipmitool: { stderr: "Invalid channel: 0\n", exitCode: 1 },
};

async function read(answers: Answers, texts: Record<string, string> = MEMINFO, links = VM_LINKS) {
  const { ctx, posted } = stageContext<"Inventory">(
    {},
    { run: answering(answers), files: hostTree(texts, links) },
  );
  const report = await inventory.run(ctx);
  const at = "2026-01-01T00:00:00.000Z";
  stageOutcomeSchema.parse({ ...report, stage: "Inventory", startedAt: at, endedAt: at });
  if (posted.inventory !== null) inventorySchema.parse(posted.inventory);
  return { report, posted: posted.inventory };
}

describe("a virtual machine without SMBIOS", () => {
  test("passes with what the kernel knows, and says what nobody told", async () => {
    const { report, posted } = await read(VM);
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(posted).toMatchObject({
      system: { vendor: null, product: null, serial: null },
      cpus: [{ socket: "socket 0", model: "AMD EPYC", cores: 2, threads: 2 }],
      logicalCpus: 2,
      physicalCores: 2,
      memoryBytes: 24_684_084 * 1024,
      dimms: [],
      bmc: null,
      edacControllers: [],
      secureBoot: "unsupported",
      problems: [
        "dmidecode gave no reading: no SMBIOS on this host (/dev/mem: No such file or directory).",
      ],
    });
    expect(report.gaps).toMatchObject([{ what: "inventory", absent: false }]);
  });

  test("does not claim zero memory modules when nobody can count them", async () => {
    const { report } = await read(VM);
    const names = report.measurements?.map(({ name }) => name);
    expect(names).not.toContain("inventory.dimms");
    expect(names).toContain("inventory.cores");
  });

  test("lists its disk as in use, its NIC without a speed, and no RAM disk", async () => {
    const { posted } = await read(VM);
    expect(posted?.disks).toMatchObject([
      { name: "vda", transport: "virtio", inUse: "vda is mounted at /" },
    ]);
    expect(posted?.nics).toMatchObject([
      { name: "eth0", driver: "virtio_net", speedMbps: null, pciAddress: "0000:00:03.0" },
    ]);
  });
});

describe("a machine with SMBIOS and BMC", () => {
  const texts = {
    ...MEMINFO,
    "/dev/ipmi0": "",
    "/sys/devices/system/edac/mc/mc0/mc_name": "skx_edac\n",
    "/sys/block/sda/device/vpd_pg80": "\u0000\u0080\u0000\u0014VTSATA0001 ",
  };

  test("is described part by part, with labels and serials", async () => {
    const { report, posted } = await read(QEMU, texts);
    expect(report.summary).toMatch(/^Vetting Bench: 1 × Bench CPU, 2 cores, 24 GiB, 3 disks/);
    expect(posted).toMatchObject({
      system: { vendor: "Vetting", product: "Bench", serial: "VT-SYS-1" },
      cpus: [{ socket: "CPU 0", model: "Bench CPU" }],
      dimms: [{ locator: "DIMM_A 0", serial: "VT-DIMM" }],
      bmc: { firmware: "0.00", ipmiVersion: "2.0", address: null },
      edacControllers: ["mc0 skx_edac"],
      problems: [],
    });
    expect(posted?.disks.map(({ name, serial, inUse }) => [name, serial, inUse])).toEqual([
      ["sda", "VTSATA0001", null],
      ["sdb", null, null],
      ["nvme0n1", "VTNVME0001", null],
    ]);
    expect(posted?.nics).toMatchObject([
      { mac: "52:54:00:12:34:56", speedMbps: 1000, model: "82574L Gigabit Network Connection" },
    ]);
  });

  test("a BMC that the board declares and the kernel does not drive is a problem, not an absence", async () => {
    const { posted } = await read({ ...QEMU, "ipmitool mc info": noDevice });
    expect(posted?.bmc).toEqual({ vendor: null, firmware: null, ipmiVersion: null, address: null });
    expect(posted?.problems).toEqual([
      "The board declares a BMC, but the kernel has no IPMI device for it.",
    ]);
  });

  test("a controller without driver is a problem: what is behind it is not seen", async () => {
    const { report, posted } = await read({
      ...QEMU,
      lspci: fixture("lspci/qemu-q35-drivers-missing.txt"),
    });
    expect(posted?.problems.join()).toContain(
      "No driver is bound to 0000:00:05.0 (Non-Volatile memory controller",
    );
    expect(report.summary).toContain("Not read:");
  });

  test.runIf(hasSharedCaptures()).each([
    ["dell_poweredge_m630", 2, 8, 0],
    ["hp_dl380p_gen8", 2, 10, 2],
    ["rackhd-supermicro", 2, 16, 2],
    ["sm_ssg-6028r", 1, 4, 4],
  ])("the SMBIOS of %s fits the document", async (name, sockets, modules, psus) => {
    const { report, posted } = await read({
      ...QEMU,
      dmidecode: sharedCapture(`dmidecode/${name}.txt`),
    });
    expect(report.status).toBe("complete");
    expect(posted?.cpus).toHaveLength(sockets);
    expect(posted?.dimms).toHaveLength(modules);
    expect(posted?.psus).toHaveLength(psus);
  });
});

describe("power supplies", () => {
  test("come from the BMC's part list where it has them", async () => {
    const fru = [
      "FRU Device Description : Builtin FRU Device (ID 0)",
      " Board Serial          : B1",
      "",
      "FRU Device Description : PSU1 (ID 3)",
      " Product Name          : PWS-920P-SQ",
      " Product Serial        : P1",
      "",
      "FRU Device Description : PSU2 (ID 4)",
      " Device not present (Requested sensor, data, or record not found)",
    ].join("\n");
    const { posted } = await read({ ...QEMU, "ipmitool fru print": { stdout: fru, exitCode: 1 } });
    expect(posted?.psus).toEqual([
      { slot: "PSU1", model: "PWS-920P-SQ", serial: "P1", present: true },
    ]);
  });
});

describe("what cannot be done without", () => {
  test.each(["dmidecode", "lscpu", "lsblk", "lspci", "ip"])(
    "a missing %s is an error",
    async (tool) => {
      const { [tool]: _missing, ...others } = VM as Record<string, string>;
      const { report, posted } = await read(others);
      expect(report).toMatchObject({
        status: "error",
        result: "not_applicable",
        reason: `${tool} is not installed.`,
      });
      expect(posted).toBeNull();
    },
  );

  test("processors or memory that cannot be read are an error", async () => {
    const noCpu = await read({ ...VM, lscpu: { stderr: "lscpu: failed\n", exitCode: 1 } });
    expect(noCpu.report).toMatchObject({ status: "error" });
    const noMemory = await read(VM, {});
    expect(noMemory.report).toMatchObject({ status: "error" });
  });

  test("other tools that fail are problems, and their parts are not invented", async () => {
    const { report, posted } = await read({
      ...VM,
      lspci: { stderr: "lspci: Cannot open\n", exitCode: 1 },
    });
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(posted?.problems).toContain("lspci failed: lspci: Cannot open.");
    expect(posted?.gpus).toEqual([]);
  });

  test("a cancelled stage posts nothing", async () => {
    const { ctx, posted, abort } = stageContext<"Inventory">(
      {},
      {
        run: answering(VM),
        files: hostTree(MEMINFO, VM_LINKS),
      },
    );
    abort();
    expect(await inventory.run(ctx)).toMatchObject({
      status: "cancelled",
      result: "not_applicable",
    });
    expect(posted.inventory).toBeNull();
  });
});
