import { type LogLevel, type LogLine, MAX_LOG_LINES_PER_BATCH } from "../contract/agent-api.ts";
import type { StageName } from "../contract/stages.ts";
import { Batcher } from "./batcher.ts";
import type { Redact } from "./redact.ts";

export type UnnumberedLine = Omit<LogLine, "sequence">;

export interface RunLogDeps {
  readonly send: (lines: readonly UnnumberedLine[]) => void;
  readonly now: () => Date;
  readonly flushMs: number;
  readonly redact: Redact;
  /** Lines held in memory between two flushes. */
  readonly capacity?: number;
}

const DEFAULT_CAPACITY = 5000;
const MAX_TEXT_CHARS = 8000;

/** The run's log on its way to the console: in batches, bounded, without tokens. */
export class RunLog {
  readonly #deps: RunLogDeps;
  readonly #batcher: Batcher<UnnumberedLine>;
  #droppedTold = 0;

  constructor(deps: RunLogDeps) {
    this.#deps = deps;
    this.#batcher = new Batcher({
      maxBatch: MAX_LOG_LINES_PER_BATCH,
      capacity: deps.capacity ?? DEFAULT_CAPACITY,
      flushMs: deps.flushMs,
      send: (lines) => deps.send(lines),
    });
  }

  /** @param stage null for what belongs to no stage, such as words said on a hold. */
  add(stage: StageName | null, level: LogLevel, text: string, source = "agent"): void {
    this.#batcher.add({
      stage,
      t: this.#deps.now().toISOString(),
      level,
      source: source.slice(0, 64) || "agent",
      text: clip(this.#deps.redact(text)),
    });
  }

  flush(): void {
    const { dropped } = this.#batcher;
    if (dropped > this.#droppedTold) {
      this.add(
        null,
        "warn",
        `${dropped - this.#droppedTold} log lines were dropped: more came than could be held.`,
      );
      this.#droppedTold = this.#batcher.dropped;
    }
    this.#batcher.flush();
  }

  stop(): void {
    this.#batcher.stop();
  }
}

function clip(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS - 1)}…`;
}
