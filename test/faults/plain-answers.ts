import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CommandResult } from "../../agent/tools/command.ts";
import { LAB_PATH } from "./lab-host.ts";

/** One line of a fake's `case`: what it is asked, and which file of the host it prints, or which words. */
const PLAIN = /^\s*(.+?)\) (?:show ([\w./-]+)|echo '?([^'"$]+?)'?(?: && exit 0)?) ;;/gm;

const known = new Map<string, ReadonlyMap<string, Plain>>();
interface Plain {
  readonly file: string | undefined;
  readonly words: string | undefined;
}

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
  if (file === null || !LAB_PATH.split(":").includes(dirname(file))) return null;
  const plain = plainOf(file).get(args.join(" "));
  if (plain === undefined) return null;
  try {
    const stdout =
      plain.file === undefined
        ? `${plain.words}\n`
        : readFileSync(join(folder, "out", plain.file), "utf8");
    const base = { tool: basename(file), args, signal: null, stderr: "", truncated: false };
    return { ...base, outcome: "exited", exitCode: 0, stdout, elapsedS: 0.01 };
  } catch {
    // The host has no such file: its fake knows what the real program says then.
    return null;
  }
}

function plainOf(file: string): ReadonlyMap<string, Plain> {
  const before = known.get(file);
  if (before !== undefined) return before;
  const plain = new Map<string, Plain>();
  for (const [, patterns = "", shown, words] of readFileSync(file, "utf8").matchAll(PLAIN)) {
    for (const pattern of patterns.split(" | ")) {
      plain.set(pattern.replaceAll("'", ""), { file: shown, words });
    }
  }
  known.set(file, plain);
  return plain;
}
