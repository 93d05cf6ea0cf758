import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** At the next start a log of this size makes room; the one before it is kept. */
const ROTATE_AT_BYTES = 5 * 1024 * 1024;

export interface LogFile {
  /** Null: there is none, as no data directory could be settled. */
  readonly path: string | null;
  /** A line with its newline, as pino writes it. */
  write(line: string): void;
}

/** Before there is a data directory. */
export const NO_LOG: LogFile = { path: null, write: () => {} };

/**
 * The desktop app's log: it has no terminal that anybody sees. Lines are written at once, so that the last ones before
 * a crash are there.
 */
export function openLogFile(path: string): LogFile {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && stat.size > ROTATE_AT_BYTES) renameSync(path, `${path}.1`);
  } catch {
    // A log that cannot be kept must not keep the console from starting; writing tries again.
  }
  return {
    path,
    write: (line) => {
      try {
        appendFileSync(path, line, { mode: 0o600 });
      } catch {
        // A full disk is the server's to report.
      }
    },
  };
}

/** One line of the shell's own, in the shape of the server's. */
export function logLine(level: "warn" | "error", message: string, error?: unknown): string {
  const line = {
    level: level === "warn" ? 40 : 50,
    time: Date.now(),
    name: "desktop",
    msg: message,
    ...(error === undefined ? {} : { err: fieldsOf(error) }),
  };
  return `${JSON.stringify(line)}\n`;
}

function fieldsOf(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) };
  return { type: error.name, message: error.message, stack: error.stack ?? "" };
}
