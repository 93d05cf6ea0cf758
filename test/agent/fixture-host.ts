import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandResult, HostFiles, RunCommand } from "../../agent/tools/command.ts";

/** What a program answers in a test; without an outcome it exited, without a code with 0. */
export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  readonly outcome?: CommandResult["outcome"];
  /** By the agent's own clock; one second without it. */
  readonly elapsedS?: number;
}

export type Answers = Readonly<Record<string, Answer | string | (() => Answer | string)>>;

/**
 * A host whose programs answer from a table: by whole command line first (`smartctl -x /dev/sda`),
 * then by program. A program that is in neither is not installed.
 */
export function answering(answers: Answers): RunCommand & { readonly calls: string[] } {
  const calls: string[] = [];
  const run: RunCommand = (tool, args) => {
    const line = [tool, ...args].join(" ");
    calls.push(line);
    const entry = answers[line] ?? answers[tool];
    const made = typeof entry === "function" ? entry() : entry;
    const answer = typeof made === "string" ? { stdout: made } : made;
    const outcome = answer === undefined ? "tool-missing" : (answer.outcome ?? "exited");
    return Promise.resolve({
      tool,
      args,
      outcome,
      exitCode: outcome === "exited" ? (answer?.exitCode ?? 0) : null,
      signal: outcome === "signalled" ? "SIGKILL" : null,
      stdout: answer?.stdout ?? "",
      stderr: answer?.stderr ?? "",
      truncated: false,
      elapsedS: answer?.elapsedS ?? 1,
    });
  };
  return Object.assign(run, { calls });
}

/** The files of a host: paths with their text, and links with their targets. */
export function hostTree(
  texts: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): HostFiles {
  const paths = [...Object.keys(texts), ...Object.keys(links)];
  return {
    readText: (path) => Promise.resolve(texts[path] ?? null),
    list: (path) => {
      const names = paths
        .filter((known) => known.startsWith(`${path}/`))
        .map((known) => known.slice(path.length + 1).split("/")[0] ?? "");
      return Promise.resolve([...new Set(names)].sort());
    },
    resolveLink: (path) => Promise.resolve(links[path] ?? null),
    writeText: () => Promise.resolve(false),
  };
}

/** Real output of a tool, captured by this project. */
export function fixture(path: string): string {
  return readFileSync(join(import.meta.dirname, "../fixtures/tools", path), "utf8");
}

/** Captures of the tools on other people's hardware: beside the checkout, never inside it. */
const SHARED = join(import.meta.dirname, "../../../shared/data/tool-output");

export function hasSharedCaptures(): boolean {
  return existsSync(SHARED);
}

if (!hasSharedCaptures()) {
  console.warn(
    `No captures at ${SHARED}: the cases over other people's hardware do not run. They are counted as skipped, and those of smartctl (38 and more, one a file) are not even listed.`,
  );
}

export function sharedCapture(path: string): string {
  return readFileSync(join(SHARED, path), "utf8");
}

export function sharedCaptureFolder(folder: string): string {
  return join(SHARED, folder);
}
