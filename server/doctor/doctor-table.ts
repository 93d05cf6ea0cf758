import type { DoctorCheck, DoctorResponse } from "../../contract/console-api.ts";

export interface TableLook {
  /** Width of the terminal. */
  readonly columns: number;
  readonly colour: boolean;
}

/** A word beside each sign: neither colour nor a font may be needed to understand it. */
const LOOKS = {
  ok: { sign: "✓", word: "in order", colour: 32 },
  warn: { sign: "!", word: "warning", colour: 33 },
  fail: { sign: "✗", word: "in the way", colour: 31 },
} as const;

const INDENT = "    ";

/** The doctor's answer to read in a terminal: wrapped, but for the mends, which must be copied whole. */
export function doctorTable({ checks, interfaces }: DoctorResponse, look: TableLook): string {
  const rows = checks.flatMap((check) => [...row(check, look), ""]);
  const list = interfaces.map((it) => {
    const facts = [
      `${it.name} ${it.address}`,
      it.mac,
      it.link === undefined ? "" : `link ${it.link}`,
      it.speedMbps === undefined ? "" : `${it.speedMbps} Mbit/s`,
      it.wireless === true ? "Wi-Fi" : "",
      it.dynamic === true ? "leased" : "",
    ];
    return INDENT + facts.filter(Boolean).join(", ");
  });
  return [...rows, "Interfaces of this machine:", ...list, "", closing(checks), ""].join("\n");
}

function row(
  { status, title, detail, mend }: DoctorCheck,
  { columns, colour }: TableLook,
): string[] {
  const { sign, word, colour: code } = LOOKS[status];
  const mark = colour ? `\u001b[${code}m${sign} ${word}\u001b[0m` : `${sign} ${word}`;
  const heading = `${mark}: ${title}`;
  const body = wrapped(detail, columns - INDENT.length).map((line) => INDENT + line);
  return [heading, ...body, ...(mend === null ? [] : [`${INDENT}→ ${mend}`])];
}

function closing(checks: readonly DoctorCheck[]): string {
  const count = (status: DoctorCheck["status"]) =>
    checks.filter((check) => check.status === status).length;
  const [failed, warnings] = [count("fail"), count("warn")];
  const warned = warnings === 0 ? "" : `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
  return failed === 0
    ? `Nothing is in the way (${count("ok")} of ${checks.length} in order${warned}).`
    : `${failed} of ${checks.length} ${failed === 1 ? "is" : "are"} in the way${warned}.`;
}

/** Lines of whole words; one that is longer than a line gets its own. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= columns || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
