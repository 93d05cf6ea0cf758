import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildWithModuleUrls } from "../../build/module-urls.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vetting-modules-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function bundle(): Promise<void> {
  return buildWithModuleUrls(join(root, "src/main.ts"), (entry, plugin) =>
    build({
      entryPoints: [entry],
      outdir: join(root, "out"),
      outExtension: { ".js": ".mjs" },
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "silent",
      plugins: [plugin],
    }),
  );
}

describe("modules that are named by URL", () => {
  beforeEach(() => {
    put("src/main.ts", 'export { start } from "./deep/start.ts";');
    put(
      "src/deep/start.ts",
      'export const start = (): URL => new URL("../workers/adder.ts", import.meta.url);',
    );
    put(
      "src/workers/adder.ts",
      'import { parentPort } from "node:worker_threads";\nimport { two } from "./two.ts";\nconst sum: number = two + 40;\nparentPort?.postMessage(sum);',
    );
    put("src/workers/two.ts", "export const two: number = 2;");
  });

  test("become bundles in the same folder, and the URL leads there", async () => {
    await bundle();
    const { start } = (await import(join(root, "out/main.mjs"))) as { start: () => URL };
    expect(start().pathname).toBe(join(root, "out/adder.mjs"));
    // The sources are not needed any more.
    rmSync(join(root, "src"), { recursive: true });
    const worker = new Worker(start());
    expect(await new Promise((resolve) => worker.once("message", resolve))).toBe(42);
    await worker.terminate();
  });

  test("may themselves name some", async () => {
    put("src/workers/two.ts", 'export const two = new URL("./three.ts", import.meta.url);');
    put("src/workers/three.ts", "export {};");
    await bundle();
    expect(existsSync(join(root, "out/three.mjs"))).toBe(true);
  });

  test("of one name from two folders are refused: one would take the other's place", async () => {
    put("src/adder.ts", "export {};");
    put(
      "src/main.ts",
      'export { start } from "./deep/start.ts";\nexport const own = new URL("./adder.ts", import.meta.url);',
    );
    await expect(bundle()).rejects.toThrow("would become adder.mjs; rename one.");
  });
});
