import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STATE_STATUS, VERDICT_STATUS } from "../../contract/wording/status-table.ts";

const CSS = readFileSync(join(import.meta.dirname, "../../renderer/design/tokens.css"), "utf8");

/** Colour tokens, each as its hex in light and in dark. */
const TOKENS = new Map(
  [...CSS.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
);
const THEMES = ["light", "dark"] as const;
const GROUNDS = ["ground", "card"];
const TONES = ["good", "bad", "hold", "gaps", "active", "waiting", "idle"];
const SERIES = [1, 2, 3, 4, 5, 6].map((index) => `series-${index}`);

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string, theme: "light" | "dark"): number {
  const [low, high] = [one, other]
    .map((name) => luminance(TOKENS.get(name)?.[theme] ?? ""))
    .sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

/** The pairs of `names` and `grounds` that are nearer to each other than `ratio`. */
function tooNear(names: readonly string[], grounds: readonly string[], ratio: number): string[] {
  return THEMES.flatMap((theme) =>
    names.flatMap((name) =>
      grounds
        .map((ground) => ({ ground, is: contrast(name, ground, theme) }))
        .filter(({ is }) => !(is >= ratio))
        .map(({ ground, is }) => `${name} on ${ground} in ${theme}: ${is.toFixed(2)}`),
    ),
  );
}

describe("the colours of the design system", () => {
  test("the formula is WCAG's: black on white is 21, equal colours are 1", () => {
    expect(luminance("#ffffff")).toBeCloseTo(1);
    expect(luminance("#000000")).toBe(0);
    expect(contrast("card", "card", "light")).toBe(1);
  });

  test("every colour that the tests name is a token with a light and a dark value", () => {
    const named = [...GROUNDS, ...TONES, ...SERIES, "text", "quiet", "strong", "on-strong", "edge"];
    expect(named.filter((name) => !TOKENS.has(name))).toEqual([]);
  });

  test("every tone of the status table is a token", () => {
    const used = [...Object.values(STATE_STATUS), ...Object.values(VERDICT_STATUS)];
    expect(used.filter(({ tone }) => !TONES.includes(tone))).toEqual([]);
  });

  test("text and tones keep 4.5:1 on both grounds, in both themes", () => {
    expect(tooNear(["text", "quiet", ...TONES], GROUNDS, 4.5)).toEqual([]);
  });

  test("the words on a primary button keep 4.5:1", () => {
    expect(tooNear(["on-strong"], ["strong"], 4.5)).toEqual([]);
  });

  test("edges of controls, marks of the chosen one and lines of charts keep 3:1", () => {
    expect(tooNear(["edge", "strong", ...SERIES], GROUNDS, 3)).toEqual([]);
  });

  test("a stylesheet takes its colours from the tokens", () => {
    const folders = ["design", "shell", "hosts"];
    const files = folders.flatMap((folder) => stylesheets(folder));
    expect(files.length).toBeGreaterThan(4);
    const own = files
      .filter((file) => !file.endsWith("tokens.css"))
      .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/#[0-9a-f]{3,8}\b/g)]);
    expect(own.map(([hex]) => hex)).toEqual([]);
  });
});

function stylesheets(folder: string): string[] {
  return globSync(join(import.meta.dirname, `../../renderer/${folder}/*.css`));
}
