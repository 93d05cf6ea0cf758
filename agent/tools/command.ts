/**
 * The shape of every call of an external program: success and failure share one result.
 * `run-command.ts` implements it; tests hand stages and probes their own.
 */
export interface CommandOptions {
  /** Aborting ends the whole process group: SIGTERM, then SIGKILL. */
  readonly signal?: AbortSignal;
  /** Wall-clock budget in seconds; past it the group is ended and the outcome is `timed-out`. */
  readonly timeoutS?: number;
  /** First in line for the OOM killer and at low CPU priority, so that the agent survives what it runs. */
  readonly expendable?: boolean;
  /** Keep at most this much of each stream (the end of it); default 4 MiB. */
  readonly maxOutputBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

export type CommandOutcome =
  | "exited"
  | "signalled"
  | "timed-out"
  | "aborted"
  | "tool-missing"
  | "spawn-failed";

export interface CommandResult {
  readonly tool: string;
  readonly args: readonly string[];
  readonly outcome: CommandOutcome;
  /** Null unless `exited`. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The streams were longer than what was kept. */
  readonly truncated: boolean;
  readonly elapsedS: number;
}

/** Runs a program by name, looked up on the path; never rejects. */
export type RunCommand = (
  tool: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

/** The files of the host that stages and probes read: /proc, /sys, /dev. Tests hand in a tree of their own. */
export interface HostFiles {
  /** The text of a file, or null when it is absent or unreadable. */
  readText(path: string): Promise<string | null>;
  /** Names in a folder, sorted; empty when it is absent. */
  list(path: string): Promise<readonly string[]>;
  /** Where a symbolic link points (resolved, absolute), or null. */
  resolveLink(path: string): Promise<string | null>;
  /** Writes a kernel knob; false when that is not possible. */
  writeText(path: string, text: string): Promise<boolean>;
}
