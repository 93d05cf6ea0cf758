/** One row of the BMC's sensor list. */
export interface SdrRow {
  readonly name: string;
  /** Sensor number as printed, `30h`; null in the short listing. */
  readonly id: string | null;
  /** Entity and instance, `10.1` (10 is a power supply); null in the short listing. */
  readonly entity: string | null;
  /**
   * ok, ns (no reading), nc / cr / nr (beyond the non-critical, critical, non-recoverable threshold).
   * Beware: `ok` may stand beside "Redundancy Degraded"; read `states` too.
   */
  readonly status: string;
  readonly value: number | null;
  /** UCUM: Cel, V, W, A, {rpm}, %; null for sensors that only know states. */
  readonly unit: string | null;
  /** What a discrete sensor asserts: `Presence detected`, `Power Supply AC lost`. */
  readonly states: readonly string[];
}

/** A sensor's own limits, from `ipmitool sensor`; null where the sensor declares none. */
export interface SensorThresholds {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string | null;
  readonly status: string;
  readonly lowerNonRecoverable: number | null;
  readonly lowerCritical: number | null;
  readonly lowerNonCritical: number | null;
  readonly upperNonCritical: number | null;
  readonly upperCritical: number | null;
  readonly upperNonRecoverable: number | null;
}

/** ipmitool's words to UCUM; a unit not listed is passed on as it is. */
const UNITS: Readonly<Record<string, string>> = {
  "degrees C": "Cel",
  "degrees F": "[degF]",
  Volts: "V",
  Amps: "A",
  Watts: "W",
  RPM: "{rpm}",
  percent: "%",
  "unspecified percent": "%",
  CFM: "[cft_i]/min",
  feet: "[ft_i]",
};

function unitOf(words: string): string {
  return UNITS[words] ?? words;
}

/** Parses `ipmitool sdr` (three columns) and `ipmitool sdr elist` (five); other lines are messages. */
export function parseSdr(text: string): readonly SdrRow[] {
  return text.split("\n").flatMap((line): SdrRow[] => {
    const cells = line.split("|").map((cell) => cell.trim());
    const [name, second, third, fourth, fifth] = cells;
    if (name === undefined || name === "") return [];
    if (cells.length === 3) {
      return [{ name, id: null, entity: null, status: third ?? "", ...readingOf(second ?? "") }];
    }
    if (cells.length < 5) return [];
    return [
      {
        name,
        id: second ?? null,
        entity: fourth ?? null,
        status: third ?? "",
        ...readingOf(fifth ?? ""),
      },
    ];
  });
}

/** `110 Watts, Presence detected`, `Presence detected`, `0x00`, `No Reading`. */
function readingOf(text: string): Pick<SdrRow, "value" | "unit" | "states"> {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const analog = /^(-?\d+(?:\.\d+)?) ([A-Za-z].*)$/.exec(parts[0] ?? "");
  const states = (analog === null ? parts : parts.slice(1)).filter(
    (part) => !/^(no reading|disabled|not readable|0x[0-9a-f]+)$/i.test(part),
  );
  return {
    value: analog === null ? null : Number(analog[1]),
    unit: analog?.[2] === undefined ? null : unitOf(analog[2]),
    states,
  };
}

/** Parses `ipmitool sensor`: name, value, unit, status, then six limits from lowest to highest. */
export function parseSensorThresholds(text: string): readonly SensorThresholds[] {
  return text.split("\n").flatMap((line): SensorThresholds[] => {
    const cells = line.split("|").map((cell) => cell.trim());
    const [name, value, unit, status, ...limits] = cells;
    if (name === undefined || name === "" || limits.length < 6) return [];
    const limit = (index: number) => numberOf(limits[index]);
    return [
      {
        name,
        value: unit === "discrete" ? null : numberOf(value),
        unit: unit === undefined || unit === "discrete" ? null : unitOf(unit),
        status: status ?? "",
        lowerNonRecoverable: limit(0),
        lowerCritical: limit(1),
        lowerNonCritical: limit(2),
        upperNonCritical: limit(3),
        upperCritical: limit(4),
        upperNonRecoverable: limit(5),
      },
    ];
  });
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
