import { describe, expect, test } from "vitest";
import { firmware } from "../../../agent/stages/firmware.ts";
import { firmwareRowSchema } from "../../../contract/firmware.ts";
import { stageOutcomeSchema } from "../../../contract/stage-result.ts";
import { answering, fixture, hostTree } from "../fixture-host.ts";
import { stageContext } from "../stage-context.ts";

type Answers = Parameters<typeof answering>[0];

const CPUINFO = { "/proc/cpuinfo": "processor\t: 0\nphysical id\t: 0\nmicrocode\t: 0x1000065\n" };
const VM: Answers = {
  dmidecode: { stderr: fixture("dmidecode/no-smbios.stderr.txt"), exitCode: 1 },
  ipmitool: { stderr: fixture("ipmitool/no-device.stderr.txt"), exitCode: 1 },
  ip: fixture("ip-link/virtio-and-ifb.json"),
  ethtool: fixture("ethtool/virtio-i.txt"),
  lspci: fixture("lspci/virtio-vm.txt"),
};
const NIC = { "/sys/class/net/eth0/device": "/sys/devices/virtio1" };
const SERVER: Answers = {
  dmidecode: fixture("dmidecode/qemu-q35.txt"),
  ipmitool: fixture("ipmitool/qemu-mc-info.txt"),
  ip: fixture("ip-link/qemu-e1000e.json"),
  ethtool: fixture("ethtool/qemu-e1000e-i.txt"),
  lspci: fixture("lspci/qemu-megasas.txt"),
  nvme: fixture("nvme/qemu-id-ctrl.json"),
};
const SERVER_FILES = { ...CPUINFO, "/sys/class/nvme/nvme0/serial": "VTNVME0001\n" };

async function snapshot(answers: Answers, texts: Record<string, string> = CPUINFO) {
  const { ctx, posted } = stageContext<"Firmware">(
    {},
    { run: answering(answers), files: hostTree(texts, NIC) },
  );
  const report = await firmware.run(ctx);
  const at = "2026-01-01T00:00:00.000Z";
  stageOutcomeSchema.parse({ ...report, stage: "Firmware", startedAt: at, endedAt: at });
  for (const row of posted.firmware ?? []) firmwareRowSchema.parse(row);
  return { report, rows: posted.firmware };
}

test("a server: one row a component, those unread with their reason", async () => {
  const { report, rows } = await snapshot(SERVER, SERVER_FILES);
  expect(
    rows?.map(({ component, identifier, version }) => [component, identifier, version]),
  ).toEqual([
    ["bios", "system", "1.2.3"],
    ["bmc", "system", "0.00"],
    ["nic", "0000:00:04.0", "2.1-0"],
    ["nvme", "VTNVME0001", "7.2.22"],
    ["hba", "0000:00:07.0", null],
    ["microcode", "socket 0", "0x1000065"],
  ]);
  expect(report).toMatchObject({
    status: "complete",
    result: "pass",
    measurements: [{ value: 6 }, { value: 1 }],
    gaps: [{ what: "firmware of hba 0000:00:07.0", absent: false }],
  });
  expect(report.summary).toContain("5 of 6 firmware versions read.");
});

describe("a virtual machine", () => {
  test("has no BMC, no adapters, no drives with firmware: absent, not unread", async () => {
    const { report, rows } = await snapshot(VM);
    expect(rows?.map(({ component }) => component)).toEqual(["bios", "microcode"]);
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.gaps?.map(({ what, absent }) => [what, absent])).toEqual([
      ["firmware of bios", false],
      ["BMC firmware", true],
      ["Network cards firmware", true],
      ["NVMe drives firmware", true],
      ["Storage adapters firmware", true],
    ]);
  });

  test("of which nothing at all can be read claims nothing", async () => {
    const { report } = await snapshot(VM, {});
    expect(report).toMatchObject({ status: "skipped", result: "not_applicable" });
    expect(report.reason).toContain("No firmware version could be read");
  });
});

describe("a missing tool", () => {
  test.each([
    ["dmidecode", SERVER_FILES],
    ["ethtool", SERVER_FILES],
    ["nvme", SERVER_FILES],
    ["lspci", SERVER_FILES],
    ["ipmitool", { ...SERVER_FILES, "/dev/ipmi0": "" }],
  ])("%s, whose part is there, is an error; the rest is still posted", async (tool, files) => {
    const { [tool]: _missing, ...others } = SERVER as Record<string, string>;
    const { report, rows } = await snapshot(others, files);
    expect(report).toMatchObject({ status: "error", result: "not_applicable" });
    expect(report.reason).toContain(tool);
    expect(rows?.some(({ component }) => component === "microcode")).toBe(true);
  });

  test.each(["ipmitool", "nvme"])("%s, whose part is not there, is none", async (tool) => {
    const { [tool]: _missing, ...others } = VM as Record<string, string>;
    expect((await snapshot(others)).report).toMatchObject({ status: "complete", result: "pass" });
  });
});

test("a cancelled stage posts nothing", async () => {
  const { ctx, posted, abort } = stageContext<"Firmware">({}, { run: answering(VM) });
  abort();
  expect(await firmware.run(ctx)).toMatchObject({ status: "cancelled", result: "not_applicable" });
  expect(posted.firmware).toBeNull();
});
