import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { StageName } from "../contract/stages.ts";
import type { Evidence } from "./evidence.ts";
import { writePrivate } from "./state-dir.ts";

export interface EvidenceShelfDeps {
  /** In the state folder: on tmpfs and root's alone. */
  readonly folder: string;
  readonly onProblem: (text: string) => void;
}

/** The shelf lies in the memory that stages test: it must not grow with every attempt. */
const MOST_BYTES = 64 * 1024 * 1024;
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** What belongs to no stage was left by a crash. */
const NO_STAGE = "reset";

/**
 * The evidence as an investigator on the host finds it: one folder a stage, the newest attempt's files in it. What
 * is handed in is without tokens already.
 */
export class EvidenceShelf {
  readonly #deps: EvidenceShelfDeps;

  constructor(deps: EvidenceShelfDeps) {
    this.#deps = deps;
  }

  put(stage: StageName | null, { name, text }: Evidence): void {
    const { folder, onProblem } = this.#deps;
    try {
      if (!PLAIN_NAME.test(name)) return;
      const place = join(folder, stage ?? NO_STAGE);
      mkdirSync(place, { recursive: true, mode: 0o700 });
      if (this.#bytes() + Buffer.byteLength(text) > MOST_BYTES) {
        onProblem(`${name} is not kept on the host: the evidence there has reached its bound.`);
        return;
      }
      writePrivate(join(place, name), text);
    } catch (error) {
      onProblem(`${name} could not be kept on the host: ${String(error)}`);
    }
  }

  /** Folders with the names of their files. */
  list(): { folder: string; names: string[] }[] {
    const { folder } = this.#deps;
    return namesIn(folder).map((stage) => ({
      folder: join(folder, stage),
      names: namesIn(join(folder, stage)),
    }));
  }

  #bytes(): number {
    return this.list()
      .flatMap(({ folder, names }) => names.map((name) => join(folder, name)))
      .reduce((sum, path) => sum + statSync(path).size, 0);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
