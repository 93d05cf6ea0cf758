import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ResumeRequest,
  resumeMessage,
  type SessionResponse,
} from "../contract/session-api.ts";
import { sameSecret } from "./run/tokens.ts";

const SECRET_FILE = "session.key";
/** A window that has heard nothing for so long is not let in again by itself. */
const RESUME_DAYS = 30;
const DAY_MS = 86_400_000;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/**
 * Lets a window that is open go on after the console was started anew. The access token is new at each start; a
 * window that had one holds a resume key, and shows by a signature over the new launch that it does. The key itself
 * is never sent again: whoever sits on the console's port while it is down learns nothing that opens it later.
 */
export class WindowSessions {
  readonly #secret: string;
  readonly #now: () => number;
  /** Names this start of the console. */
  readonly launch = random256();

  /** @param secret lasting, of the data directory. */
  constructor(secret: string, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /** For a window that has shown the access token. */
  issue(): SessionResponse {
    const expiresAt = new Date(this.#now() + RESUME_DAYS * DAY_MS).toISOString();
    return { resumeKey: this.#keyUntil(expiresAt), expiresAt };
  }

  /** Does the window hold a key of this data directory that has not expired? `port`: the console's own. */
  accepts({ expiresAt, proof }: ResumeRequest, port: number): boolean {
    if (!(Date.parse(expiresAt) > this.#now())) return false;
    const expected = hmac(this.#keyUntil(expiresAt), resumeMessage(this.launch, port));
    return sameSecret(proof, expected);
  }

  #keyUntil(expiresAt: string): string {
    return hmac(this.#secret, `vetting window ${expiresAt}`);
  }
}

/**
 * The secret behind all resume keys of a data directory, readable by its owner alone. One that others could read, or
 * that is damaged, is replaced: open windows then need the printed address again. To remove the file has the same use.
 */
export function lastingSecret(dataDir: string): string {
  const file = join(dataDir, SECRET_FILE);
  const known = readPrivate(file);
  if (known !== null) return known;
  const made = random256();
  // The mode counts only for a file that is made new.
  rmSync(file, { force: true });
  writeFileSync(file, `${made}\n`, { mode: 0o600, flag: "wx" });
  return made;
}

function readPrivate(file: string): string | null {
  try {
    // Windows has no such bits: there the profile folder keeps others out.
    if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) return null;
    const text = readFileSync(file, "utf8").trim();
    return SECRET.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** HMAC-SHA-256 over text, base64url. The key is taken as its characters, as the page does. */
function hmac(key: string, message: string): string {
  return createHmac("sha256", key).update(message).digest("base64url");
}

function random256(): string {
  return randomBytes(32).toString("base64url");
}
