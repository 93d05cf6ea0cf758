import { type ChildProcess, spawn } from "node:child_process";
import type { CommandOptions, CommandOutcome, CommandResult, RunCommand } from "./command.ts";
import { type LookPath, lookPathIn } from "./look-path.ts";
import { OutputTail } from "./output-tail.ts";
import {
  groupIsAlive,
  markedProcesses,
  OWNER_VARIABLE,
  processIds,
  signalGroup,
  signalProcesses,
} from "./process-group.ts";

const DEFAULT_MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
/** SIGTERM to SIGKILL. Together with the next one less than the 2 s in which everything must be gone. */
const TERM_GRACE_MS = 1000;
/** SIGKILL to giving up on the streams: only a process in uninterruptible sleep outlives this. */
const KILL_GRACE_MS = 700;
/** For what is still in the pipes when a program ended by itself: nobody holds them open any more. */
const READ_GRACE_MS = 1000;
const GROUP_POLL_MS = 20;
/** In less than this no host starts so many processes that their ids begin anew. */
const ID_REUSE_S = 10;

export interface RunCommandOptions {
  /** Where programs are looked for; also handed to them. Default: the agent's own `PATH`. */
  readonly path?: string;
  /** The seam for tests: which file stands for a tool. Default: the first on `path`. */
  readonly lookPath?: LookPath;
  /** Names the agent, so that a later one finds what this one left running (`endLeftovers`). */
  readonly owner?: string;
}

let commandCount = 0;

/**
 * Makes the one function through which every external program is started: in its own process group, with
 * the C locale, without stdin. The result is a value whatever happens; nothing of the group outlives it.
 */
export function createRunCommand(deps: RunCommandOptions = {}): RunCommand {
  const path = deps.path ?? process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin";
  const lookPath = deps.lookPath ?? lookPathIn(path);
  const owner = deps.owner ?? "agent";

  return (tool, args, options = {}) => {
    const file = lookPath(tool);
    if (file === null) return Promise.resolve(notStarted(tool, args, "tool-missing", ""));
    if (options.signal?.aborted) return Promise.resolve(notStarted(tool, args, "aborted", ""));
    commandCount += 1;
    const marker = `${owner}/${process.pid}.${commandCount}`;
    const env = { ...process.env, PATH: path, LC_ALL: "C", ...options.env };
    const [program, ...rest] = [...(options.expendable ? expendablePrefix(lookPath) : []), file];
    const before = new Set(processIds());
    let child: ChildProcess;
    try {
      child = spawn(program as string, [...rest, ...args], {
        // A session of its own: the child's pid is the group's id.
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...env, [OWNER_VARIABLE]: marker },
      });
    } catch (error) {
      return Promise.resolve(notStarted(tool, args, "spawn-failed", String(error)));
    }
    return superviseChild(child, tool, args, options, { marker, before });
  };
}

/** First for the OOM killer and low in priority; each of the two only where it is installed. */
function expendablePrefix(lookPath: LookPath): string[] {
  const choom = lookPath("choom");
  const nice = lookPath("nice");
  return [
    ...(choom === null ? [] : [choom, "-n", "1000", "--"]),
    ...(nice === null ? [] : [nice, "-n", "5"]),
  ];
}

function superviseChild(
  child: ChildProcess,
  tool: string,
  args: readonly string[],
  options: CommandOptions,
  { marker, before }: { readonly marker: string; readonly before: ReadonlySet<number> },
): Promise<CommandResult> {
  const startedMs = performance.now();
  const maxBytes = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  const { onLine } = options;
  const tail = (stream: "stdout" | "stderr") => {
    const kept = new OutputTail(maxBytes, onLine && ((line) => onLine(line, stream)));
    child[stream]?.on("data", (chunk: Buffer) => kept.push(chunk));
    child[stream]?.on("error", () => {}); // The process may die with the pipe; its exit says it all.
    return kept;
  };
  const stdout = tail("stdout");
  const stderr = tail("stderr");

  return new Promise((resolve) => {
    // Why the agent ended it; the first reason stands.
    let killReason: "aborted" | "timed-out" | null = null;
    let exit: { code: number | null; signal: string | null; elapsedS: number } | null = null;
    const closed = new Promise((done) => child.once("close", done));
    let ending = false;
    let settled = false;

    const settle = (failure?: { outcome: CommandOutcome; text: string }) => {
      if (settled) return;
      settled = true;
      clearTimeout(budget);
      options.signal?.removeEventListener("abort", onAbort);
      child.stdout?.destroy();
      child.stderr?.destroy();
      const elapsedS = exit?.elapsedS ?? secondsSince(startedMs);
      const out = stdout.finish();
      const err = stderr.finish();
      resolve({
        tool,
        args,
        outcome: failure?.outcome ?? killReason ?? (exit?.signal ? "signalled" : "exited"),
        exitCode: killReason === null && !failure ? (exit?.code ?? null) : null,
        signal: exit?.signal ?? null,
        stdout: out,
        stderr: failure ? `${err}${failure.text}` : err,
        truncated: stdout.truncated || stderr.truncated,
        elapsedS,
      });
    };

    const end = async () => {
      if (ending) return;
      ending = true;
      const pid = child.pid as number;
      // The strays are those of this command that left its group.
      // Whoever ran before the command did is none of them, as long as no process id can have been used again.
      const strangers = secondsSince(startedMs) < ID_REUSE_S ? before : new Set<number>();
      const strays = () => markedProcesses(marker, strangers).filter((other) => other !== pid);
      const gone = () => exit !== null && !groupIsAlive(pid) && strays().length === 0;
      signalGroup(pid, "SIGTERM");
      signalProcesses(strays(), "SIGTERM");
      if (!(await becomes(gone, TERM_GRACE_MS))) {
        signalGroup(pid, "SIGKILL");
        signalProcesses(strays(), "SIGKILL");
        await becomes(gone, KILL_GRACE_MS);
      }
      await Promise.race([closed, delay(killReason === null ? READ_GRACE_MS : KILL_GRACE_MS / 4)]);
      settle();
    };
    const endBecause = (reason: "aborted" | "timed-out") => {
      if (exit !== null) return; // It had ended by itself before.
      killReason ??= reason;
      void end();
    };
    const onAbort = () => endBecause("aborted");
    const budget =
      options.timeoutS === undefined
        ? undefined
        : setTimeout(() => endBecause("timed-out"), options.timeoutS * 1000);
    options.signal?.addEventListener("abort", onAbort, { once: true });

    child.on("error", (error) => {
      if (child.pid === undefined) settle({ outcome: "spawn-failed", text: error.message });
    });
    child.on("exit", (code, signal) => {
      exit = { code, signal, elapsedS: secondsSince(startedMs) };
      // The leader is gone; whoever it left behind goes too, or would keep the pipes open for ever.
      void end();
    });
  });
}

function notStarted(
  tool: string,
  args: readonly string[],
  outcome: CommandOutcome,
  stderr: string,
): CommandResult {
  return {
    tool,
    args,
    outcome,
    exitCode: null,
    signal: null,
    stdout: "",
    stderr,
    truncated: false,
    elapsedS: 0,
  };
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

/** Polls until the condition holds (true) or the time is over (false). */
async function becomes(condition: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await delay(GROUP_POLL_MS);
  }
  return true;
}
