import { z } from "zod";

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

/**
 * Says what was expected in the words of someone who writes YAML. Zod asks it for every issue for which the
 * schema itself has no words; those of the schema go first.
 */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `expected ${oneOf(issue.values.map(String))}`;
    case "invalid_format":
      return `expected ${issue.format === "ipv4" ? "an IPv4 address" : `text in the form ${issue.format}`}`;
    case "too_small":
      return `expected ${sized(issue.origin, issue.inclusive === false ? "above" : "at least", issue.minimum)}`;
    case "too_big":
      return `expected ${sized(issue.origin, issue.inclusive === false ? "below" : "at most", issue.maximum)}`;
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, knownKeys(issue.inst))).join("\n");
    // The schema has its own words for these, or does not use them.
    case "custom":
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "not_multiple_of":
      return undefined;
  }
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "") : `one of ${values.join(", ")}`;
}

function sized(origin: string, bound: string, limit: number | bigint): string {
  if (origin === "string")
    return limit === 1 ? "text that is not empty" : `${bound} ${limit} characters`;
  if (origin === "array")
    return `a list with ${bound} ${limit} ${limit === 1 ? "entry" : "entries"}`;
  return `a number ${bound} ${limit}`;
}

function knownKeys(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unknownKey(key: string, known: readonly string[]): string {
  const close = closest(key, known);
  if (close !== null) return `unknown key; did you mean ${close}?`;
  return known.length === 0 ? "unknown key" : `unknown key; expected ${oneOf(known)}`;
}

/** The known word that is one slip of the finger away (letter case does not count), or null. */
export function closest(word: string, known: readonly string[]): string | null {
  const most = Math.max(1, Math.floor(word.length / 3));
  const near = known
    .map((candidate) => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate ?? null;
}

/** Levenshtein's distance: insertions, deletions and replacements of single letters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
