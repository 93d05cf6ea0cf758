import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BootAttempt, BootStep } from "../../../contract/boot-timeline.ts";
import { FIRMWARES, type Firmware } from "./firmware.ts";

/** Measured from power-on, in the order in which they happen. */
const MEASURED = [
  "discover",
  "boot_file",
  "script",
  "kernel",
  "initrd",
  "image",
  "agent",
  "claim",
] as const satisfies readonly BootStep[];

interface BootTimes {
  readonly firmware: Firmware;
  /** Seconds since power-on; a step that this firmware does not take is left out. */
  readonly seconds: Readonly<Partial<Record<BootStep, number>>>;
}

const fileIn = (logDir: string) => join(logDir, "boot-times.jsonl");

/** Keeps what a boot took, for the table at the end. */
export function recordBootTimes(
  logDir: string,
  firmware: Firmware,
  poweredOnAt: Date,
  boot: BootAttempt,
): void {
  const since = ({ at }: { at: string }) => (Date.parse(at) - poweredOnAt.getTime()) / 1000;
  const first = (step: BootStep) => boot.events.find((event) => event.step === step);
  const seconds = Object.fromEntries(
    MEASURED.flatMap((step) => {
      const event = first(step);
      return event === undefined ? [] : [[step, since(event)]];
    }),
  );
  appendFileSync(fileIn(logDir), `${JSON.stringify({ firmware, seconds })}\n`);
}

/** The lines of the table: seconds from power-on to each step, a row a boot. */
export function bootTimesTable(logDir: string): string[] {
  const file = fileIn(logDir);
  if (!existsSync(file)) return [];
  const boots = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as BootTimes);
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(32), ...cells.map((cell) => cell.padStart(9))].join(" ");
  return [
    "Seconds from power-on (software emulation):",
    row("firmware", MEASURED),
    ...boots.map(({ firmware, seconds }) =>
      row(
        FIRMWARES[firmware],
        MEASURED.map((step) => seconds[step]?.toFixed(1) ?? "-"),
      ),
    ),
  ];
}
