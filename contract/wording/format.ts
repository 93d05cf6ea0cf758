import type { Measurement, Proof } from "../stage-result.ts";

const NOT_KNOWN = "–";

/** `42 s`, `3 min 05`, `1 h 05 min`, `2 d 04 h`; rounded to whole seconds, never negative. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOT_KNOWN;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${two(whole % 60)}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Seconds between two ISO times; null when either is missing. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** `2026-01-01 00:00:00 UTC`: a report is read elsewhere than where it was made. */
export function formatUtc(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const SI_PREFIXES = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** At most three significant digits below a thousand, with an SI prefix above: `8.1 M`, `540`, `0.25`. */
export function formatNumber(value: number): string {
  const { digits, prefix } = scaled(value);
  return prefix === "" ? digits : `${digits} ${prefix}`;
}

function scaled(value: number): { digits: string; prefix: string } {
  if (!Number.isFinite(value)) return { digits: NOT_KNOWN, prefix: "" };
  for (const [factor, prefix] of SI_PREFIXES) {
    if (Math.abs(value) >= factor) return { digits: plain(value / factor), prefix };
  }
  return { digits: plain(value), prefix: "" };
}

function plain(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3)));
}

/** Units whose numbers are read as they are: nobody says 1.2 kW of a server, or 4.2 krpm. */
const UNSCALED: Readonly<Record<string, string>> = {
  Cel: "°C",
  W: "W",
  V: "V",
  A: "A",
  "%": "%",
  "{rpm}": "rpm",
  "/min": "rpm",
  h: "h",
};

/** UCUM code to what is printed after the number and its SI prefix. */
const SCALED: Readonly<Record<string, string>> = {
  By: "B",
  "By/s": "B/s",
  "bit/s": "bit/s",
  Hz: "Hz",
};

/** The unit as printed beside an axis or a limit. */
export function unitLabel(unit: string): string {
  return UNSCALED[unit] ?? SCALED[unit] ?? (unit === "1" ? "" : unit.replace(/^\{(.*)\}$/, "$1"));
}

/** A value with its unit: `71 °C`, `5.1 TB`, `540 MB/s`, `180.4 s`, `8.1 M`. Input units are UCUM codes. */
export function formatQuantity(value: number, unit: string): string {
  if (!Number.isFinite(value)) return NOT_KNOWN;
  if (unit in UNSCALED || unit === "s") {
    const size = Math.abs(value);
    const decimals = size < 10 ? 2 : size < 1000 ? 1 : 0;
    return `${Number(value.toFixed(decimals))} ${UNSCALED[unit] ?? unit}`;
  }
  const scaledUnit = SCALED[unit];
  if (scaledUnit !== undefined) {
    const { digits, prefix } = scaled(value);
    return `${digits} ${prefix}${scaledUnit}`;
  }
  return [formatNumber(value), unitLabel(unit)].filter((part) => part !== "").join(" ");
}

/**
 * Why a stage fails by a sensor: `cpu.package.temp reached 104.2 °C, beyond its limit of 100 °C.` Values are not
 * rounded, as 100.04 would then not be beyond 100.
 * @param unit a UCUM code, or null when it is not known
 */
export function breachSentence(
  { sensor, value, limit }: { sensor: string; value: number; limit: number },
  unit: string | null,
): string {
  const label = unit === null ? "" : unitLabel(unit);
  const tail = label === "" ? "" : ` ${label}`;
  if (value === limit) return `${sensor} reached its limit of ${limit}${tail}.`;
  const how = value < limit ? ["fell to", "below"] : ["reached", "beyond"];
  return `${sensor} ${how[0]} ${value}${tail}, ${how[1]} its limit of ${limit}${tail}.`;
}

/** Seconds as far as they tell anything: whole ones, and below ten a tenth. */
function formatSeconds(seconds: number): string {
  return formatQuantity(Number(seconds.toFixed(Math.abs(seconds) < 10 ? 1 : 0)), "s");
}

/**
 * Seconds that ran out of those asked for: `180 s of 180 s`. Rounding never makes too little look like enough: what
 * ran 179.6 s of 180 s says so.
 */
function secondsOf(elapsedS: number, requestedS: number): string {
  const [elapsed, asked] = [formatSeconds(elapsedS), formatSeconds(requestedS)];
  const short = elapsedS < requestedS && elapsed === asked;
  return `${short ? formatQuantity(elapsedS, "s") : elapsed} of ${asked}`;
}

/** What shows that a part was stressed: `cpu: 180 s of 180 s, 8.1 M bogo-ops, 99 % busy, max 71 °C`. */
export function proofLine(proof: Proof): string {
  const parts = [
    secondsOf(proof.elapsedS, proof.requestedS),
    proof.unit === "1"
      ? `${formatNumber(proof.work)} bogo-ops`
      : formatQuantity(proof.work, proof.unit),
  ];
  if (proof.utilisationPercent !== undefined) {
    parts.push(`${formatQuantity(proof.utilisationPercent, "%")} busy`);
  }
  if (proof.maxTempC !== undefined) parts.push(`max ${formatQuantity(proof.maxTempC, "Cel")}`);
  if (proof.maxPowerW !== undefined) parts.push(`max ${formatQuantity(proof.maxPowerW, "W")}`);
  return `${proof.what}: ${parts.join(", ")}`;
}

/** `≥ 4 and ≤ 10`, `≤ 95`, or an empty string when nothing limits the value. */
export function limitText({ min, max, unit }: Pick<Measurement, "min" | "max" | "unit">): string {
  return [
    ...(min === undefined ? [] : [`≥ ${formatQuantity(min, unit)}`]),
    ...(max === undefined ? [] : [`≤ ${formatQuantity(max, unit)}`]),
  ].join(" and ");
}

/** `within`, `beyond`, or `unlimited` when the measurement declares no limit. */
export function standing({
  value,
  min,
  max,
}: Pick<Measurement, "value" | "min" | "max">): "within" | "beyond" | "unlimited" {
  if (min === undefined && max === undefined) return "unlimited";
  const beyond = (min !== undefined && value < min) || (max !== undefined && value > max);
  return beyond ? "beyond" : "within";
}
