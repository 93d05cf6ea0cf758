export interface McInfo {
  readonly firmware: string;
  readonly ipmiVersion: string | null;
  readonly manufacturer: string | null;
  readonly product: string | null;
}

export interface FruDevice {
  /** As the BMC names it: `Builtin FRU Device (ID 0)`, `PSU1 FRU (ID 3)`. */
  readonly device: string;
  /** Fields by ipmitool's names: `Product Serial`, `Board Part Number`. */
  readonly fields: ReadonlyMap<string, string>;
}

export interface SelEntry {
  /** Record number as printed (hexadecimal). */
  readonly id: string;
  /** Date and time as the BMC's own clock has them; that clock may be wrong or unset. */
  readonly time: string;
  readonly sensor: string;
  readonly event: string;
  /** False when the entry says that a state went away. */
  readonly asserted: boolean;
}

export interface DcmiPower {
  readonly currentW: number;
  readonly minW: number | null;
  readonly maxW: number | null;
  readonly averageW: number | null;
}

/** Parses `ipmitool mc info`; null when it holds no firmware revision. */
export function parseMcInfo(text: string): McInfo | null {
  const fields = fieldsOf(text.split("\n"));
  const firmware = fields.get("Firmware Revision");
  if (firmware === undefined) return null;
  const known = (key: string) => {
    const value = fields.get(key);
    return value === undefined || /^unknown/i.test(value) ? null : value;
  };
  return {
    firmware,
    ipmiVersion: fields.get("IPMI Version") ?? null,
    manufacturer: known("Manufacturer Name"),
    product: known("Product Name"),
  };
}

/** Parses `ipmitool lan print` for the IP address; null when unset. */
export function parseLan(text: string): string | null {
  const address = /^IP Address\s+: *(\S+)/m.exec(text)?.[1] ?? null;
  return address === "0.0.0.0" ? null : address;
}

/** Parses `ipmitool fru print`; units that are not present or hold nothing are left out. */
export function parseFru(text: string): readonly FruDevice[] {
  return text.split(/^(?=FRU Device Description)/m).flatMap((block): FruDevice[] => {
    const [first = "", ...rest] = block.split("\n");
    const device = /^FRU Device Description\s*:\s*(.*)$/.exec(first)?.[1]?.trim();
    const fields = fieldsOf(rest);
    return device === undefined || fields.size === 0 ? [] : [{ device, fields }];
  });
}

/** Parses `ipmitool sel info`. */
export function parseSelCount(text: string): number | null {
  const count = /^Entries\s*:\s*(\d+)/m.exec(text)?.[1];
  return count === undefined ? null : Number(count);
}

/** Parses `ipmitool -c sel list`; "SEL has no entries" is an empty list. */
export function parseSelList(text: string): readonly SelEntry[] {
  return text.split("\n").flatMap((line): SelEntry[] => {
    const cells = line.split(",").map((cell) => cell.trim());
    const [id, date, time, sensor] = cells;
    if (id === undefined || !/^[0-9a-f]+$/i.test(id) || cells.length < 5) return [];
    // An event's own text may hold commas; the direction, when there is one, stands last.
    const last = cells.at(-1) ?? "";
    const directed = /^(asserted|deasserted)$/i.test(last);
    const event = cells.slice(4, directed ? -1 : undefined).join(", ");
    const asserted = !/^deasserted$/i.test(last);
    return [{ id, time: `${date} ${time}`, sensor: sensor ?? "", event, asserted }];
  });
}

/** Parses `ipmitool dcmi power reading`; null when the BMC says that it is not measuring. */
export function parseDcmiPower(text: string): DcmiPower | null {
  const watts = (label: string) => {
    const found = new RegExp(`${label}[^:]*:\\s*(\\d+) Watts`).exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const currentW = watts("Instantaneous power reading");
  if (currentW === null || /reading state is:\s*deactivated/.test(text)) return null;
  return {
    currentW,
    minW: watts("Minimum during sampling period"),
    maxW: watts("Maximum during sampling period"),
    averageW: watts("Average power reading"),
  };
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const match = /^\s*([^:]+?)\s*:\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== "") fields.set(match[1], match[2] ?? "");
  }
  return fields;
}
