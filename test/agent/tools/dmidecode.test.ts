import { describe, expect, test } from "vitest";
import { dmiInfo, parseDmidecode, readDmi } from "../../../agent/tools/dmidecode.ts";
import { answering, fixture, hasSharedCaptures, sharedCapture } from "../fixture-host.ts";

describe("a machine emulated by QEMU", () => {
  const info = dmiInfo(parseDmidecode(fixture("dmidecode/qemu-q35.txt")));

  test("names system, board and BIOS, and leaves out what the maker left open", () => {
    expect(info.system).toEqual({
      vendor: "Vetting",
      product: "Bench",
      serial: "VT-SYS-1",
      uuid: null,
      sku: "VT-SKU",
    });
    expect(info.board).toMatchObject({ product: "Board", serial: "VT-BRD-1" });
    expect(info.bios).toEqual({ vendor: "Vetting", version: "1.2.3", date: "11/23/2026" });
  });

  test("has a processor, a memory module with its label, and a BMC", () => {
    expect(info.processors).toEqual([
      { socket: "CPU 0", model: "Bench CPU", cores: 2, threads: 2 },
    ]);
    expect(info.dimms).toMatchObject([
      { locator: "DIMM_A 0", serial: "VT-DIMM", speedMTps: 3200, sizeBytes: 2560 * 1024 ** 2 },
    ]);
    expect(info.declaresBmc).toBe(true);
  });
});

test("a host without SMBIOS is unreadable, in the tool's own words", async () => {
  const run = answering({
    dmidecode: {
      stdout: fixture("dmidecode/no-smbios.stdout.txt"),
      stderr: fixture("dmidecode/no-smbios.stderr.txt"),
      exitCode: 1,
    },
  });
  expect(await readDmi({ run })).toEqual({
    kind: "unreadable",
    tool: "dmidecode",
    message: "no SMBIOS on this host (/dev/mem: No such file or directory)",
  });
});

test("without dmidecode the tool is missing", async () => {
  expect(await readDmi({ run: answering({}) })).toEqual({
    kind: "tool-missing",
    tool: "dmidecode",
  });
});

describe.runIf(hasSharedCaptures())("servers of other people", () => {
  const GIB = 1024 ** 3;
  // name, product, BIOS, sockets, modules, slots, bytes in the first module, PSUs
  const servers: readonly (readonly [
    string,
    string,
    string,
    number,
    number,
    number,
    number,
    number,
  ])[] = [
    ["dell_poweredge_m630", "PowerEdge M630", "1.2.5", 2, 8, 24, 8 * GIB, 0],
    ["hp_bl460c_gen10", "ProLiant BL460c Gen10", "I41", 2, 4, 16, 16 * GIB, 0],
    ["hp_dl380p_gen8", "ProLiant DL380p Gen8", "P70", 2, 10, 24, 4 * GIB, 2],
    ["hp_sl4540_gen8", "ProLiant SL4540 Gen8", "P74", 2, 8, 12, 16 * GIB, 4],
    ["lenovo-systemx", "System x3550 M5: -[5463AC1]-", "-[TBE132I-2.50]-", 2, 4, 24, 16 * GIB, 0],
    ["qct_x10e-9n", "QuantaMicro X10E-9N", "S3E_3B09.02", 1, 2, 4, 16 * GIB, 0],
    ["rackhd-supermicro", "X9DRT-P", "3.0b", 2, 16, 16, 32 * GIB, 2],
    ["sm_ssg-6028r", "SSG-6028R-OSD072P", "2.0b", 1, 4, 16, 16 * GIB, 4],
    ["unknown", "SR", "00.00.00.0007", 1, 4, 4, 8 * GIB, 0],
  ];

  test.each(servers)("%s", (name, product, bios, sockets, modules, slots, bytes, psus) => {
    const info = dmiInfo(parseDmidecode(sharedCapture(`dmidecode/${name}.txt`)));
    expect(info.system.product).toBe(product);
    expect(info.bios.version).toBe(bios);
    expect(info.processors).toHaveLength(sockets);
    expect(info.dimms).toHaveLength(modules);
    expect(info.dimmSlots).toHaveLength(slots);
    expect(info.dimms[0]?.sizeBytes).toBe(bytes);
    expect(info.powerSupplies).toHaveLength(psus);
    // The label is what a technician looks for; every module has one.
    expect(info.dimms.every(({ locator }) => locator !== "unlabelled")).toBe(true);
  });

  test("an empty bay is a power supply that is not present", () => {
    const info = dmiInfo(parseDmidecode(sharedCapture("dmidecode/sm_ssg-6028r.txt")));
    expect(info.powerSupplies.map(({ present }) => present)).toEqual([true, true, false, false]);
  });
});
