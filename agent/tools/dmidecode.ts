import {
  ok,
  outcomeFailure,
  runTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "dmidecode";

/** One SMBIOS structure: its type's name and its fields, all as printed. */
export interface DmiStructure {
  readonly title: string;
  readonly fields: ReadonlyMap<string, string>;
}

export interface DmiInfo {
  readonly system: {
    readonly vendor: string | null;
    readonly product: string | null;
    readonly serial: string | null;
    readonly uuid: string | null;
    readonly sku: string | null;
  };
  readonly board: {
    readonly vendor: string | null;
    readonly product: string | null;
    readonly serial: string | null;
    readonly version: string | null;
  };
  readonly bios: {
    readonly vendor: string | null;
    readonly version: string | null;
    readonly date: string | null;
  };
  /** Populated sockets. */
  readonly processors: readonly DmiProcessor[];
  /** Populated memory slots. */
  readonly dimms: readonly DmiDimm[];
  /** All memory slots, empty ones too, by their label. */
  readonly dimmSlots: readonly string[];
  readonly powerSupplies: readonly DmiPowerSupply[];
  /** The board declares a BMC (type 38), whether or not the kernel drives it. */
  readonly declaresBmc: boolean;
}

export interface DmiProcessor {
  readonly socket: string;
  readonly model: string | null;
  readonly cores: number | null;
  readonly threads: number | null;
}

export interface DmiDimm {
  readonly locator: string;
  readonly bank: string | null;
  readonly sizeBytes: number;
  readonly type: string | null;
  readonly speedMTps: number | null;
  readonly configuredMTps: number | null;
  readonly rank: number | null;
  readonly manufacturer: string | null;
  readonly partNumber: string | null;
  readonly serial: string | null;
}

export interface DmiPowerSupply {
  readonly slot: string;
  readonly model: string | null;
  readonly serial: string | null;
  readonly present: boolean;
}

/** The board's description of the host: `dmidecode`. `unreadable` when the host has no SMBIOS. */
export async function readDmi(ctx: ToolContext): Promise<ToolReading<DmiInfo>> {
  const result = await runTool(ctx, TOOL, []);
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const structures = parseDmidecode(result.stdout);
  if (structures.length > 0) return ok(dmiInfo(structures));
  const said = result.stderr.trim().split("\n").at(-1) ?? "";
  return unreadable(TOOL, `no SMBIOS on this host${said === "" ? "" : ` (${said.slice(0, 200)})`}`);
}

/** Splits the text into structures. Lists below a field (flags, features) are left out. */
export function parseDmidecode(text: string): readonly DmiStructure[] {
  const structures: DmiStructure[] = [];
  let fields: Map<string, string> | null = null;
  for (const line of text.split("\n")) {
    // Old versions indent by a tab, some captures by spaces; a title is not indented.
    if (/^\S/.test(line)) {
      fields = null;
      if (
        /^(Handle 0x|#|SMBIOS |Getting |Scanning |Table at|\d+ structures|End Of|Invalid)/.test(
          line,
        )
      )
        continue;
      fields = new Map();
      structures.push({ title: line.trim(), fields });
      continue;
    }
    const match = /^(?:\t| {1,8})([^\s:][^:]*):\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined && !/^\t\t/.test(line)) fields?.set(match[1], match[2] ?? "");
  }
  return structures.filter((structure) => structure.fields.size > 0);
}

export function dmiInfo(structures: readonly DmiStructure[]): DmiInfo {
  const all = (title: string) => structures.filter((structure) => structure.title === title);
  const first = (title: string) => all(title)[0];
  const system = first("System Information");
  const board = first("Base Board Information");
  const bios = first("BIOS Information");
  const slots = all("Memory Device").filter(
    // The BIOS' own flash chip is listed as a memory device, too.
    (device) => !/^flash$/i.test(device.fields.get("Type") ?? ""),
  );
  return {
    system: {
      vendor: said(system, "Manufacturer"),
      product: said(system, "Product Name"),
      serial: said(system, "Serial Number"),
      uuid: said(system, "UUID"),
      sku: said(system, "SKU Number"),
    },
    board: {
      vendor: said(board, "Manufacturer"),
      product: said(board, "Product Name"),
      serial: said(board, "Serial Number"),
      version: said(board, "Version"),
    },
    bios: {
      vendor: said(bios, "Vendor"),
      version: said(bios, "Version"),
      date: said(bios, "Release Date"),
    },
    processors: all("Processor Information").flatMap(processor),
    dimms: slots.flatMap(dimm),
    dimmSlots: slots.map((device) => locatorOf(device)),
    powerSupplies: all("System Power Supply").flatMap(powerSupply),
    declaresBmc: first("IPMI Device Information") !== undefined,
  };
}

function processor(structure: DmiStructure): DmiProcessor[] {
  // A coprocessor or a GPU may be listed as a processor as well.
  if (
    !/^(Central Processor|<OUT OF SPEC>|Unknown)$/.test(structure.fields.get("Type") ?? "Unknown")
  )
    return [];
  if (!/^Populated/.test(structure.fields.get("Status") ?? "")) return [];
  return [
    {
      socket: said(structure, "Socket Designation") ?? "CPU",
      model: said(structure, "Version"),
      cores: number(structure, "Core Count"),
      threads: number(structure, "Thread Count"),
    },
  ];
}

function dimm(structure: DmiStructure): DmiDimm[] {
  const sizeBytes = sizeOf(structure.fields.get("Size") ?? "");
  if (sizeBytes === 0) return [];
  return [
    {
      locator: locatorOf(structure),
      bank: said(structure, "Bank Locator"),
      sizeBytes,
      type: said(structure, "Type"),
      speedMTps: number(structure, "Speed"),
      // Named "Clock Speed" before dmidecode 3.2.
      configuredMTps:
        number(structure, "Configured Memory Speed") ?? number(structure, "Configured Clock Speed"),
      rank: number(structure, "Rank"),
      manufacturer: said(structure, "Manufacturer"),
      partNumber: said(structure, "Part Number"),
      serial: said(structure, "Serial Number"),
    },
  ];
}

function locatorOf(structure: DmiStructure): string {
  return (structure.fields.get("Locator") ?? "").trim() || "unlabelled";
}

function powerSupply(structure: DmiStructure): DmiPowerSupply[] {
  const model = said(structure, "Model Part Number");
  const serial = said(structure, "Serial Number");
  const name = said(structure, "Location") ?? said(structure, "Name");
  // Boards that never filled the table in list supplies made of placeholders only.
  if (name === null && model === null && serial === null) return [];
  return [
    {
      slot: name ?? "PSU",
      model,
      serial,
      present: /^Present/.test(structure.fields.get("Status") ?? "Present"),
    },
  ];
}

/** What makers leave in fields that they never filled in. */
const PLACEHOLDER =
  /^(not specified|not present|not available|not provided|unknown|none|n\/?a|null|undefined|default string|not settable|to be filled by o\.?e\.?m\.?|system (manufacturer|product name|serial number|version)|no dimm|no module.*|empty|\.+|-+|0+|x+|<?bad index>?|<out of spec>|\(none\)|oem define \d+|0?123456789|(chassis|board) serial number|[a-z0-9_ ]*(serialnum|sernum|manufacturer|partnum|assettag|_mod_part|dimm_[a-z]?\d+_(partnumber|serialnumber|manufacturer))\d*)$/i;

function said(structure: DmiStructure | undefined, key: string): string | null {
  return toldByMaker(structure?.fields.get(key));
}

/** A DMI string without its padding; null when the maker never filled it in. */
export function toldByMaker(text: string | null | undefined): string | null {
  const value = text?.trim() ?? "";
  return value === "" || PLACEHOLDER.test(value) ? null : value;
}

/** `2133 MT/s`, `2133 MHz`, `12`. */
function number(structure: DmiStructure, key: string): number | null {
  const found = /^(\d+)/.exec(structure.fields.get(key) ?? "")?.[1];
  return found === undefined || Number(found) === 0 ? null : Number(found);
}

/** `8192 MB`, `32 GB`, `1 TB`; `No Module Installed` and `Unknown` are 0. */
function sizeOf(text: string): number {
  const match = /^(\d+) ([kMGT])i?B$/.exec(text);
  if (match === null) return 0;
  const power = { k: 1, M: 2, G: 3, T: 4 }[match[2] ?? ""] ?? 0;
  return Number(match[1]) * 1024 ** power;
}
