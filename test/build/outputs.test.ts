import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  AGENT_OUTPUT,
  buildOrSay,
  ensureBuilt,
  type Output,
  staleOutputs,
} from "../../build/outputs.ts";

let root: string;
let builds: number;
const said: string[] = [];
const say = (line: string) => said.push(line);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vetting-outputs-"));
  builds = 0;
  said.length = 0;
  put("src/a.ts", "export const a = 1;");
  put("src/deep/b.ts", "export const b = 2;");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const output: Output = {
  name: "thing",
  inputs: ["src", "lock.json"],
  path: "dist/thing",
  witness: "dist/thing/index.txt",
  async build(rootDir, outPath) {
    builds += 1;
    mkdirSync(outPath);
    const source = readFileSync(join(rootDir, "src/a.ts"), "utf8");
    if (source.includes("broken")) throw new Error("does not build");
    writeFileSync(join(outPath, "index.txt"), source);
  },
};

describe("what is built", () => {
  test("everything on a fresh clone, and nothing the second time", async () => {
    await ensureBuilt(root, [output], say);
    await ensureBuilt(root, [output], say);
    expect(builds).toBe(1);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^Built the thing in \d+\.\d s\.$/);
  });

  test.each([
    ["a source changes", () => put("src/deep/b.ts", "export const b = 3;")],
    ["a source is added", () => put("src/c.ts", "")],
    ["a source goes", () => rmSync(join(root, "src/deep/b.ts"))],
    ["an input that was absent appears", () => put("lock.json", "{}")],
    ["the output was removed", () => rmSync(join(root, "dist/thing"), { recursive: true })],
    ["the record is torn", () => put("dist/.build-state.json", '{"thing":')],
  ])("again when %s", async (_what, change) => {
    await ensureBuilt(root, [output], say);
    change();
    expect(staleOutputs(root, [output])).toEqual([output]);
    await ensureBuilt(root, [output], say);
    expect(builds).toBe(2);
    expect(existsSync(join(root, output.witness))).toBe(true);
  });

  test("not again when a checkout only touched the sources", async () => {
    await ensureBuilt(root, [output], say);
    utimesSync(join(root, "src/a.ts"), new Date(), new Date(Date.now() + 60_000));
    expect(staleOutputs(root, [output])).toEqual([]);
  });

  test("a source that moves between two names counts as changed", async () => {
    await ensureBuilt(root, [output], say);
    rmSync(join(root, "src/deep/b.ts"));
    put("src/b.ts", "export const b = 2;");
    expect(staleOutputs(root, [output])).toEqual([output]);
  });

  test("a build that fails leaves the last good output and no debris, and stays stale", async () => {
    await ensureBuilt(root, [output], say);
    put("src/a.ts", "broken");
    await expect(ensureBuilt(root, [output], say)).rejects.toThrow("does not build");
    expect(readFileSync(join(root, output.witness), "utf8")).toBe("export const a = 1;");
    expect(readdirSync(join(root, "dist")).sort()).toEqual([".build-state.json", "thing"]);
    expect(staleOutputs(root, [output])).toEqual([output]);
  });
});

test("for a start, a build that fails is one line and a no", async () => {
  put("src/a.ts", "broken");
  expect(await buildOrSay(root, [output], say)).toBe(false);
  expect(said).toEqual(["The build failed: does not build"]);
});

test("the agent becomes one ESM file with its own contract in it", async () => {
  put("package-lock.json", "{}");
  put("contract/word.ts", 'export const word: string = "vetting";');
  put(
    "agent/main.ts",
    'import { hostname } from "node:os";\nimport { word } from "../contract/word.ts";\nexport const said = () => [word, hostname()].join(" on ");',
  );
  await ensureBuilt(root, [AGENT_OUTPUT], say);
  const bundle = join(root, "dist/agent/agent.mjs");
  const { said: speak } = (await import(bundle)) as { said: () => string };
  expect(speak()).toMatch(/^vetting on ./);
  expect(readFileSync(bundle, "utf8")).not.toContain("../contract");
  expect(readdirSync(join(root, "dist/agent"))).toEqual(["agent.mjs"]);
});
