import { describe, expect, test } from "vitest";
import { compareWithSpec, specValidate } from "../../../agent/stages/spec-validate.ts";
import type { FirmwareRow } from "../../../contract/firmware.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import type { HostSpec } from "../../../contract/vetting-config.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { stageContext } from "../stage-context.ts";

const GIB = 1024 ** 3;
const dimm = (locator: string, gib: number): Inventory["dimms"][number] => ({
  locator,
  bank: null,
  sizeBytes: gib * GIB,
  type: "DDR5",
  speedMTps: 4800,
  configuredMTps: 4800,
  rank: 2,
  manufacturer: "Vetting",
  partNumber: "VT-PART",
  serial: "VT-DIMM",
});
const nic = (
  name: string,
  speedMbps: number | null,
  carrier = true,
): Inventory["nics"][number] => ({
  name,
  mac: "52:54:00:12:34:56",
  driver: "ice",
  speedMbps,
  maxSpeedMbps: 25_000,
  carrier,
  pciAddress: null,
  model: "E810",
});
const cpu = (socket: string, model: string | null) => ({
  socket,
  model,
  cores: 8,
  threads: 16,
  maxMHz: null,
});

const spec = (expect: HostSpec["expect"], firmware: HostSpec["firmware"] = []): HostSpec => ({
  name: "bench",
  expect,
  firmware,
});

function validate(
  spec: HostSpec | null,
  inventory: Inventory | null = emptyInventory,
  firmware: readonly FirmwareRow[] | null = [],
) {
  const claim = { spec, networkPeer: null };
  return specValidate.run(stageContext<"SpecValidate">({}, { claim, inventory, firmware }).ctx);
}

describe("what SpecValidate claims", () => {
  test("without a spec it is skipped, and that is a gap of the run", async () => {
    expect(await validate(null)).toMatchObject({
      status: "skipped",
      result: "not_applicable",
      gaps: [{ what: "specification", absent: false }],
    });
  });

  test("a spec that asks nothing is no pass either", async () => {
    expect(await validate(spec({}))).toMatchObject({ status: "skipped", result: "not_applicable" });
  });

  test("a host that meets its spec passes", async () => {
    expect(await validate(spec({ bmc: false, disks: 0 }))).toMatchObject({
      status: "complete",
      result: "pass",
      summary: 'The host meets "bench": 2 expectations compared.',
      measurements: [{ name: "spec.mismatches", value: 0, max: 0 }],
    });
  });

  test("every difference is in the reason with what was expected and found, and named as blame", async () => {
    const report = await validate(spec({ cpuSockets: 2, disks: 4 }), {
      ...emptyInventory,
      cpus: [cpu("CPU1", "EPYC")],
    });
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toContain("CPU sockets: expected 2, found 1.");
    expect(report.reason).toContain("disks: expected 4, found 0.");
    expect(report.blame?.map(({ part }) => part)).toEqual([
      "missing CPU sockets (1)",
      "missing disks (4)",
    ]);
    expect(report.measurements).toMatchObject([{ value: 2 }]);
  });

  test("without an inventory, or a snapshot for its pins, it is an error", async () => {
    expect(await validate(spec({ disks: 1 }), null)).toMatchObject({ status: "error" });
    const pinned = spec({}, [{ component: "bios", version: "1" }]);
    expect(await validate(pinned, emptyInventory, null)).toMatchObject({ status: "error" });
  });
});

describe("memory", () => {
  const compare = (memoryGiB: number, host: Partial<Inventory>) =>
    compareWithSpec({ memoryGiB }, { ...emptyInventory, ...host });

  test("is the sum of the modules, to the byte", () => {
    const dimms = [dimm("A1", 16), dimm("B1", 16)];
    expect(compare(32, { dimms, memoryBytes: 30 * GIB })).toEqual([]);
    expect(compare(48, { dimms })).toMatchObject([
      {
        expected: "48 GiB",
        found: "32 GiB (2 modules)",
        blame: [{ part: "missing memory (16 GiB)" }],
      },
    ]);
    expect(compare(16, { dimms })).toMatchObject([{ found: "32 GiB (2 modules)", blame: [] }]);
  });

  test("without SMBIOS is what the system sees, which is up to 6 % less", () => {
    expect(compare(64, { memoryBytes: 60.5 * GIB })).toEqual([]);
    expect(compare(64, { memoryBytes: 60 * GIB })).toHaveLength(1);
    expect(compare(64, { memoryBytes: 65 * GIB })).toHaveLength(1);
  });
});

describe("memory modules", () => {
  test("a missing one is counted, with the labels of those that are there", () => {
    const host = { ...emptyInventory, dimms: [dimm("DIMM_A1", 16), dimm("DIMM_B1", 16)] };
    expect(compareWithSpec({ dimms: 3 }, host)).toMatchObject([
      {
        expected: "3",
        found: "2 (DIMM_A1, DIMM_B1)",
        blame: [{ part: "missing memory modules (1)" }],
      },
    ]);
  });

  test("that nobody lists are unknown, not absent", () => {
    expect(compareWithSpec({ dimms: 3 }, emptyInventory)).toMatchObject([
      { found: "unknown: SMBIOS lists no memory modules", blame: [] },
    ]);
  });
});

describe("parts", () => {
  test("a CPU of another model is blamed by its socket; spelling does not matter", () => {
    const host = {
      ...emptyInventory,
      cpus: [
        cpu("CPU1", "Intel(R) Xeon(R)  Gold 6126 CPU @ 2.60GHz"),
        cpu("CPU2", "Intel(R) Xeon(R) Gold 6130"),
      ],
    };
    expect(compareWithSpec({ cpuModel: "Xeon Gold 6126" }, host)).toMatchObject([
      { what: "CPU model in CPU2", blame: [{ part: "CPU", slot: "CPU2" }] },
    ]);
  });

  test("an empty power supply bay is not a power supply", () => {
    const psus = [
      { slot: "PSU1", model: null, serial: null, present: true },
      { slot: "PSU2", model: null, serial: null, present: false },
    ];
    expect(compareWithSpec({ psus: 2 }, { ...emptyInventory, psus })).toMatchObject([
      { what: "power supplies", found: "1 (PSU1)" },
    ]);
  });

  test("a BMC that must be there and is not, and the other way round", () => {
    const bmc = { vendor: null, firmware: null, ipmiVersion: null, address: null };
    expect(compareWithSpec({ bmc: true }, emptyInventory)).toMatchObject([{ found: "no BMC" }]);
    expect(compareWithSpec({ bmc: false }, { ...emptyInventory, bmc })).toMatchObject([
      { found: "a BMC" },
    ]);
    expect(compareWithSpec({ bmc: true }, { ...emptyInventory, bmc })).toEqual([]);
  });

  test("more than expected is a difference, too", () => {
    const nics = [nic("eth0", 1000), nic("eth1", 1000)];
    expect(compareWithSpec({ nics: 1 }, { ...emptyInventory, nics })).toMatchObject([
      { expected: "1", found: "2 (eth0, eth1)", blame: [] },
    ]);
  });
});

describe("link speed", () => {
  const compare = (...nics: Inventory["nics"]) =>
    compareWithSpec({ linkSpeedMbps: 25_000 }, { ...emptyInventory, nics });

  test("every connected port must have negotiated it", () => {
    expect(compare(nic("eth0", 25_000), nic("eth1", 100_000))).toEqual([]);
    expect(compare(nic("eth0", 25_000), nic("eth1", 10_000))).toMatchObject([
      { what: "link speed of eth1", found: "10000 Mbit/s", blame: [{ part: "network port eth1" }] },
    ]);
  });

  test("a port without cable does not count, but one at least must have one", () => {
    expect(compare(nic("eth0", 25_000), nic("eth1", null, false))).toEqual([]);
    expect(compare(nic("eth1", null, false))).toMatchObject([
      { found: "no connected network port" },
    ]);
  });

  test("a speed that the driver does not report is not taken for granted", () => {
    expect(compare(nic("eth0", null))).toMatchObject([
      { found: "unknown: the driver reports none" },
    ]);
  });
});

describe("firmware pins", () => {
  const bios: FirmwareRow = {
    component: "bios",
    identifier: "system",
    aliases: [],
    vendor: "Vetting",
    model: "Board",
    version: "1.2.3",
    date: null,
    problem: null,
  };

  test("the pinned version passes, another one fails with both", async () => {
    const pinned = (version: string) => spec({}, [{ component: "bios", version }]);
    expect(await validate(pinned("1.2.3"), emptyInventory, [bios])).toMatchObject({
      result: "pass",
    });
    const report = await validate(pinned("1.3.0"), emptyInventory, [bios]);
    expect(report).toMatchObject({
      result: "fail",
      blame: [{ part: "bios firmware", model: "Board" }],
    });
    expect(report.reason).toContain("firmware of bios: expected 1.3.0, found 1.2.3.");
  });

  test("a pin that matches nothing, and one whose item could not be read, are differences", async () => {
    const unread = { ...bios, version: null, problem: "no SMBIOS" };
    const pins: HostSpec["firmware"] = [
      { component: "bios", version: "1" },
      { component: "hba", identifier: "0000:01:00.0", version: "2" },
    ];
    const report = await validate(spec({}, pins), emptyInventory, [unread]);
    expect(report.reason).toContain("found no version: no SMBIOS");
    expect(report.reason).toContain(
      "firmware of hba 0000:01:00.0: expected 2, found no such part.",
    );
  });
});
