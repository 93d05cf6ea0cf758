import type { SamplesEvent } from "../../contract/console-api.ts";

/**
 * Whether a value is what the contract calls a `samples` event, told by hand. Of two hundred hosts four thousand
 * tuples come a second, and under the page's policy zod may not compile its checks.
 * `test/renderer/live.test.ts` holds it against the schema.
 */
export function isSamplesEvent(value: unknown): value is SamplesEvent {
  const event = value as Partial<SamplesEvent> | null;
  if (typeof event !== "object" || event === null || event.type !== "samples") return false;
  return Array.isArray(event.runs) && event.runs.every(isRun);
}

function isRun(value: unknown): boolean {
  const run = value as Partial<SamplesEvent["runs"][number]> | null;
  if (typeof run !== "object" || run === null) return false;
  if (!Number.isSafeInteger(run.runId) || !Array.isArray(run.points)) return false;
  for (const point of run.points as readonly unknown[]) {
    if (!Array.isArray(point) || point.length !== 4) return false;
    if (typeof point[0] !== "string" || typeof point[1] !== "string") return false;
    if (!Number.isFinite(point[2]) || !Number.isFinite(point[3])) return false;
  }
  return true;
}
