import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Ours over the peer's on the same work in the same run; absent where there is no peer. */
  readonly ratio?: number;
  /** What we aim for, in words. */
  readonly aim?: string;
}

/** The median of some runs: one hiccup of the machine is not a finding. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Prints the rows as a table and leaves them as `dist/bench/NAME.json`. */
export function report(name: string, rows: readonly BenchRow[]): void {
  const cells = rows.map(({ what, value, unit, ratio, aim }) => [
    what,
    `${value.toLocaleString("en", { maximumFractionDigits: 2 })} ${unit}`,
    ratio === undefined ? "" : `${ratio.toFixed(2)}×`,
    aim ?? "",
  ]);
  const table = [["", "value", "ours / peer", "aim"], ...cells];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  process.stdout.write(`\n${name}\n`);
  for (const row of table) {
    process.stdout.write(
      `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}\n`,
    );
  }
  const folder = join(import.meta.dirname, "../dist/bench");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ name, rows }, null, 2)}\n`);
}
