import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

export interface Bundle {
  readonly bytes: Buffer;
  /** Hex. */
  readonly sha256: string;
}

/** The agent's one file, in memory with its digest; read again when the file changes, as after an upgrade. */
export class AgentBundle {
  readonly #path: string;
  #stamp = "";
  #bundle: Bundle | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** The bundle as it is now; null when it has not been built. */
  current(): Bundle | null {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    if (stamp !== this.#stamp) {
      const bytes = readFileSync(this.#path);
      this.#bundle = { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
      this.#stamp = stamp;
    }
    return this.#bundle;
  }
}
