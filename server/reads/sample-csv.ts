import type { SampleRepository, StoredSample } from "../run/ports.ts";
import type { ReadSpan } from "./reads.ts";

/** Read at once; between two pages other reads have their turn. */
const PAGE_ROWS = 2000;
const HEAD = "time,value,unit,stage\r\n";

/** Every sample of a sensor in one unit, a page at a time. */
export function* samplePages(
  samples: Pick<SampleRepository, "page">,
  runId: number,
  query: { readonly sensor: string; readonly unit: string } & ReadSpan,
): Generator<StoredSample[]> {
  let after: StoredSample | null = null;
  do {
    const page: StoredSample[] = samples.page(runId, { ...query, after, limit: PAGE_ROWS });
    if (page.length > 0) yield page;
    after = page.length < PAGE_ROWS ? null : (page.at(-1) ?? null);
  } while (after !== null);
}

/**
 * Every stored sample of a sensor as CSV (RFC 4180), by time: time in ISO 8601, value, unit, stage. A sensor that
 * changed its unit comes unit by unit. Null: the run has no such sensor.
 */
export function sampleCsv(
  samples: Pick<SampleRepository, "page" | "sensors">,
  runId: number,
  { sensor, ...span }: { readonly sensor: string } & ReadSpan,
): Iterable<string> | null {
  const units = samples.sensors(runId).filter((one) => one.sensor === sensor);
  if (units.length === 0) return null;
  return (function* () {
    yield HEAD;
    for (const { unit } of units) {
      const cell = csvCell(unit);
      for (const page of samplePages(samples, runId, { sensor, unit, ...span })) {
        yield page
          .map(
            ({ tMs, value, stage }) =>
              `${new Date(tMs).toISOString()},${value},${cell},${stage}\r\n`,
          )
          .join("");
      }
    }
  })();
}

/**
 * A cell of text that came from a host. What a spreadsheet would take for a formula gets an apostrophe before it,
 * as the OWASP notes on CSV injection have it.
 */
export function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
