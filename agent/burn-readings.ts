import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Reading } from "./readings.ts";
import { readJson, writePrivate } from "./state-dir.ts";

const fileSchema = z.object({
  runId: z.int(),
  sensors: z.array(z.tuple([z.string(), z.array(z.object({ t: z.number(), value: z.number() }))])),
});

/** The readings of the Burn window, which PSU judges; kept for an agent that is restarted in between. */
export class BurnReadings {
  readonly #path: string;
  readonly #runId: number;
  #known: ReadonlyMap<string, readonly Reading[]> | null = null;

  constructor(stateDir: string, runId: number) {
    this.#path = join(stateDir, "burn-readings.json");
    this.#runId = runId;
  }

  load(): ReadonlyMap<string, readonly Reading[]> {
    if (this.#known === null) {
      const file = fileSchema.safeParse(readJson(this.#path));
      this.#known = new Map(
        file.success && file.data.runId === this.#runId ? file.data.sensors : [],
      );
    }
    return this.#known;
  }

  save(readings: ReadonlyMap<string, readonly Reading[]>): void {
    this.#known = readings;
    try {
      writePrivate(this.#path, JSON.stringify({ runId: this.#runId, sensors: [...readings] }));
    } catch {
      // Memory still has them; an older window on disk must not stand for this one.
      rmSync(this.#path, { force: true });
    }
  }
}
