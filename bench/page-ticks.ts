import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession } from "playwright";

interface TraceEvent {
  readonly name: string;
  readonly tid: number;
  /** Of the clock and of the thread, in µs. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** What counts as work of an update: script, style and layout. */
const WORK = new Set(["FunctionCall", "EvaluateScript", "UpdateLayoutTree", "Layout"]);
/** The end of a frame: what was changed goes to the screen. */
const FRAME = "Layerize";

/**
 * Traces the page for a while. Returns what the main thread spent on script, style and layout for each frame that it
 * drew, in ms of its own time: everything since the frame before, the events that came meanwhile included.
 */
export async function frameCosts(session: CDPSession, forMs: number): Promise<number[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: object[] }) => {
    events.push(...(value as TraceEvent[]));
  };
  session.on("Tracing.dataCollected", collect);
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["devtools.timeline"], excludedCategories: ["*"] },
  });
  await sleep(forMs);
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await complete;
  session.off("Tracing.dataCollected", collect);
  return costsOf(events);
}

function costsOf(events: readonly TraceEvent[]): number[] {
  // The thread that lays out is the page's.
  const { tid } = events.find(({ name }) => name === "Layout") ?? {};
  if (tid === undefined) throw new Error("The trace has no layout: nothing was drawn.");
  const onThread = events.filter((event) => event.tid === tid).sort((a, b) => a.ts - b.ts);
  const frames: number[] = [];
  let spentUs = 0;
  let busyUntil = 0;
  for (const { name, ts, dur = 0, tdur = 0 } of onThread) {
    if (name === FRAME) {
      // A frame for a cursor or a spinner has no work of ours; it is no update.
      if (spentUs > 0) frames.push(spentUs / 1000);
      spentUs = 0;
    } else if (WORK.has(name) && ts >= busyUntil) {
      // Only the outermost: what they call lies within them.
      busyUntil = ts + dur;
      spentUs += tdur;
    }
  }
  return frames;
}
