import type { LiveEvent } from "../../contract/console-api.ts";

type SamplesEvent = Extract<LiveEvent, { type: "samples" }>;

/**
 * Whether a value is what the contract calls a `samples` event, told by hand. Of two hundred hosts two hundred such
 * events come a second, each of twenty tuples, and under the page's policy zod may not compile its checks.
 * `test/renderer/live.test.ts` holds it against the schema.
 */
export function isSamplesEvent(value: unknown): value is SamplesEvent {
  const event = value as Partial<SamplesEvent> | null;
  if (typeof event !== "object" || event === null || event.type !== "samples") return false;
  if (!Number.isSafeInteger(event.runId) || !Array.isArray(event.points)) return false;
  for (const point of event.points as readonly unknown[]) {
    if (!Array.isArray(point) || point.length !== 4) return false;
    if (typeof point[0] !== "string" || typeof point[1] !== "string") return false;
    if (!Number.isFinite(point[2]) || !Number.isFinite(point[3])) return false;
  }
  return true;
}
