import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { CommandResult } from "../../agent/tools/command.ts";
import { FAKE_TOOLS } from "./lab-host.ts";

/** One line of a fake's `case`: what it is asked, and which file of the host it prints. */
const SHOWS = /^\s*(?:case .*)?(.+?)\) show ([\w./-]+) ;;$/gm;

const known = new Map<string, ReadonlyMap<string, string>>();

/**
 * What a fake would print that does nothing but print a file of its host. A run asks such fakes a hundred times, and
 * to start a process costs more than everything else in the lab: where a row leaves the program alone, its file is
 * read instead. Null where the program itself has to be asked.
 * @param file the program that was found on the path.
 */
export function plainAnswer(
  file: string | null,
  args: readonly string[],
  folder: string,
): CommandResult | null {
  if (file === null || !file.startsWith(`${FAKE_TOOLS}/`)) return null;
  const shown = showsOf(file).get(args.join(" "));
  if (shown === undefined) return null;
  try {
    const stdout = readFileSync(join(folder, "out", shown), "utf8");
    const base = { tool: basename(file), args, signal: null, stderr: "", truncated: false };
    return { ...base, outcome: "exited", exitCode: 0, stdout, elapsedS: 0.01 };
  } catch {
    // The host has no such file: its fake knows what the real program says then.
    return null;
  }
}

function showsOf(file: string): ReadonlyMap<string, string> {
  const before = known.get(file);
  if (before !== undefined) return before;
  const shows = new Map<string, string>();
  for (const [, patterns = "", shown = ""] of readFileSync(file, "utf8").matchAll(SHOWS)) {
    for (const pattern of patterns.split(" | ")) shows.set(pattern.replaceAll("'", ""), shown);
  }
  known.set(file, shows);
  return shows;
}
