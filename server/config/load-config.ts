import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { CORE_SCHEMA, load, YAMLException } from "js-yaml";
import type { ConfigProblem } from "../../contract/common.ts";
import { pathText } from "../../contract/key-path.ts";
import { type VettingConfig, vettingConfigSchema } from "../../contract/vetting-config.ts";
import type { Issue } from "./config-problem.ts";
import { expectation } from "./expectation.ts";
import { furtherProblems } from "./further-checks.ts";
import { SourcePositions } from "./source-positions.ts";

export type ConfigResult =
  | { readonly ok: true; readonly config: VettingConfig }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      /** One line a problem: `vetting.yaml:7: vetting.thresholds[0].max: expected …, found …`. */
      readonly message: string;
    };

const WHOLE_FILE = { line: null, column: null, key: "" } as const;

/**
 * Reads and checks the configuration.
 * @param file null when none was asked for and none is there: everything takes its default.
 */
export function loadConfig(file: string | null): ConfigResult {
  if (file === null) return parseConfig("", "vetting.yaml");
  try {
    return parseConfig(readFileSync(file, "utf8"), basename(file));
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const why = error.code === "ENOENT" ? "there is no such file" : String(error.code);
    return failure(file, [{ line: null, column: null, key: "", detail: `cannot be read: ${why}` }]);
  }
}

/** @param name the file's name as the messages shall show it. */
export function parseConfig(text: string, name: string): ConfigResult {
  const read = readYaml(text);
  if (!read.ok) return failure(name, [read.problem]);
  const positions = new SourcePositions(text);
  const parsed = vettingConfigSchema.safeParse(withoutEmptySections(read.value), {
    error: expectation,
  });
  const issues = parsed.success ? furtherProblems(parsed.data.vetting) : parsed.error.issues;
  if (parsed.success && issues.length === 0) return { ok: true, config: parsed.data.vetting };
  const problems = issues.flatMap((issue) => problemsOf(issue, positions));
  return failure(
    name,
    problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
  );
}

type YamlResult = { ok: true; value: unknown } | { ok: false; problem: ConfigProblem };

/** YAML 1.2 core: what `yaml`'s documents read as well, so that `yes` is text and 0o17 a number in both. */
export function readYaml(text: string): YamlResult {
  // js-yaml takes an empty file for an error; to us it says: all defaults.
  if (text.split("\n").every((line) => /^\s*(#.*)?$/.test(line))) return { ok: true, value: {} };
  try {
    return { ok: true, value: load(text, { schema: CORE_SCHEMA }) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark, reason } = error;
    const detail = `not valid YAML: ${reason}`;
    if (mark === undefined) {
      // Of more than one document js-yaml says no line.
      const problem = { ...WHOLE_FILE, ...new SourcePositions(text).ofSecondDocument(), detail };
      return { ok: false, problem };
    }
    const { line, column } = mark;
    // js-yaml points at the second of two equal keys and does not name it.
    const key = /duplicate/.test(reason)
      ? /^[^\s:]+/.exec(text.slice(mark.position))?.[0]
      : undefined;
    const named = key === undefined ? detail : `${detail} ${key}`;
    return { ok: false, problem: { line: line + 1, column: column + 1, key: "", detail: named } };
  }
}

/**
 * A section whose lines are all commented out reads as null and means the same as one that is left out.
 * Deeper down a null is a mistake like any other.
 */
function withoutEmptySections(document: unknown): unknown {
  const root = withoutNulls(document ?? {});
  if (!isMapping(root) || !isMapping(root.vetting)) return root;
  const vetting = withoutNulls(root.vetting) as Record<string, unknown>;
  if (!isMapping(vetting.profiles)) return { ...root, vetting };
  const profiles = Object.fromEntries(
    Object.entries(vetting.profiles).map(([name, stages]) => [name, withoutNulls(stages ?? {})]),
  );
  return { ...root, vetting: { ...vetting, profiles } };
}

function withoutNulls(value: unknown): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null));
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problemsOf(issue: Issue, positions: SourcePositions): ConfigProblem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  // Each unknown key is a problem of its own, at its own line; the messages come as lines, in the keys' order.
  if (issue.keys !== undefined) {
    const details = issue.message.split("\n");
    return issue.keys.map((key, index) => ({
      ...positions.ofKey([...path, key]),
      key: pathText([...path, key]),
      detail: details[index] ?? "unknown key",
    }));
  }
  const found = positions.sourceOf(path) ?? "nothing";
  return [
    {
      ...positions.ofValue(path),
      key: pathText(path),
      detail: `${issue.message}, found ${found}`,
    },
  ];
}

function failure(name: string, problems: readonly ConfigProblem[]): ConfigResult {
  const lines = problems.map(({ line, key, detail }) =>
    [line === null ? name : `${name}:${line}`, ...(key === "" ? [] : [key]), detail].join(": "),
  );
  return { ok: false, problems, message: lines.join("\n") };
}
