import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import rules from "../../.dependency-cruiser.mjs";
import { checkLayers, LAYERED_FOLDERS, type LayerReport } from "../../build/layers.ts";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";

const CONFIG = inRoot(".dependency-cruiser.mjs");
const scratchDirs: string[] = [];

/** A tree laid out like the checkout, with packages that are one line each. */
function scratchTree(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), "vetting-layers-"));
  scratchDirs.push(dir);
  const packages = ["better-sqlite3", "electron", "fastify", "react", "zod", "@fastify/sse"];
  const all: Record<string, string> = {
    "package.json": '{"type":"module"}',
    "tsconfig.json":
      '{"compilerOptions":{"module":"NodeNext","moduleResolution":"NodeNext","allowImportingTsExtensions":true,"noEmit":true}}',
    ...files,
  };
  for (const name of packages) {
    all[`node_modules/${name}/package.json`] = JSON.stringify({ name, main: "index.js" });
    all[`node_modules/${name}/index.js`] = "module.exports = {};";
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

afterAll(() => {
  for (const dir of scratchDirs) rmSync(dir, { recursive: true, force: true });
});

/** Modules that break nothing, for the offenders to import. */
const SOUND: Record<string, string> = {
  "contract/thing.ts": 'import { z } from "zod";\nexport const thing = z;\nexport type T = string;',
  "server/main.ts":
    'import "./db/open.ts";\nimport "./routes/hosts.ts";\nimport "./run/orchestrator.ts";\nimport "./netboot/tftp.ts";\nexport const main = 1;',
  "server/start-console.ts":
    'import "./db/open.ts";\nimport "fastify";\nexport const startConsole = 1;',
  "server/db/open.ts":
    'import "better-sqlite3";\nimport type { Port } from "../run/ports.ts";\nexport type P = Port;\nexport const open = 1;',
  "server/run/ports.ts": "export interface Port { a: string }",
  "server/run/orchestrator.ts": 'import type { Port } from "./ports.ts";\nexport type P = Port;',
  "server/routes/hosts.ts": 'import "fastify";\nimport "@fastify/sse";\nexport const hosts = 1;',
  "server/netboot/tftp.ts": 'import { createSocket } from "node:dgram";\nexport { createSocket };',
  "server/report/html.ts":
    'import { thing } from "../../contract/thing.ts";\nexport const html = thing;',
  "agent/main.ts": 'import "./stages/cpu.ts";\nexport const main = 1;',
  "agent/stages/cpu.ts": 'import "../tools/stress.ts";\nimport "../probes/bios.ts";\nexport {};',
  "agent/probes/bios.ts": 'import "../tools/stress.ts";\nexport const bios = 1;',
  "agent/tools/stress.ts":
    'import { run } from "./run-command.ts";\nimport { thing } from "../../contract/thing.ts";\nexport const stress = [run, thing];',
  "agent/tools/run-command.ts":
    'import { spawn } from "node:child_process";\nexport const run = spawn;',
  "renderer/main.tsx":
    'import "react";\nimport type { T } from "../contract/thing.ts";\nexport type U = T;',
  "electron/main.ts": 'import "electron";\nimport "../server/start-console.ts";\nexport {};',
  "build/tool.ts": "export const tool = 1;",
  // Closes a cycle with the offender server/cycle-a.ts; a cycle is reported at one of its ends.
  "server/cycle-b.ts": 'import type {} from "./cycle-a.ts";\nexport {};',
  "server/cycle-a.ts": "export {};",
  "test/case.ts": 'import "../server/db/open.ts";\nimport "../agent/main.ts";\nexport {};',
};

/** One offender for each rule at least: file, its import, the rule that must name it. */
const OFFENCES: readonly (readonly [file: string, imports: string, rule: string])[] = [
  ["contract/with-node.ts", "node:fs", "contract-imports-zod-only"],
  ["contract/with-package.ts", "fastify", "contract-imports-zod-only"],
  ["contract/with-server.ts", "../server/netboot/tftp.ts", "contract-imports-zod-only"],
  ["server/with-agent.ts", "../agent/tools/stress.ts", "server-knows-only-the-contract"],
  ["server/with-renderer.ts", "../renderer/main.tsx", "server-knows-only-the-contract"],
  ["server/with-electron-shell.ts", "../electron/main.ts", "server-knows-only-the-contract"],
  ["agent/with-server.ts", "../server/netboot/tftp.ts", "agent-knows-only-the-contract"],
  ["renderer/with-server.ts", "../server/routes/hosts.ts", "renderer-knows-only-the-contract"],
  ["renderer/with-agent.tsx", "../agent/tools/stress.ts", "renderer-knows-only-the-contract"],
  ["reporter/with-server.ts", "../server/netboot/tftp.ts", "reporter-knows-only-the-contract"],
  ["electron/with-routes.ts", "../server/routes/hosts.ts", "electron-knows-only-the-contract"],
  ["electron/with-main.ts", "../server/main.ts", "electron-knows-only-the-contract"],
  ["server/with-build.ts", "../build/tool.ts", "product-does-not-import-tests-or-build"],
  ["agent/with-test.ts", "../test/case.ts", "product-does-not-import-tests-or-build"],
  ["server/with-electron.ts", "electron", "only-electron-imports-electron"],
  ["build/with-electron.ts", "electron", "only-electron-imports-electron"],
  ["server/run/with-fastify.ts", "fastify", "run-knows-no-web-and-no-database"],
  ["server/run/with-plugin.ts", "@fastify/sse", "run-knows-no-web-and-no-database"],
  ["server/run/with-sqlite.ts", "better-sqlite3", "run-knows-no-web-and-no-database"],
  ["server/run/with-node-sqlite.ts", "node:sqlite", "run-knows-no-web-and-no-database"],
  ["server/run/with-db.ts", "../db/open.ts", "run-knows-none-of-its-users"],
  ["server/run/with-routes.ts", "../routes/hosts.ts", "run-knows-none-of-its-users"],
  ["server/run/with-netboot.ts", "../netboot/tftp.ts", "run-knows-none-of-its-users"],
  ["server/netboot/with-run.ts", "../run/ports.ts", "netboot-knows-no-runs"],
  ["server/netboot/with-db.ts", "../db/open.ts", "netboot-knows-no-runs"],
  ["server/db/with-orchestrator.ts", "../run/orchestrator.ts", "db-knows-only-the-ports-of-run"],
  ["server/db/with-routes.ts", "../routes/hosts.ts", "db-knows-only-the-ports-of-run"],
  ["server/routes/with-db.ts", "../db/open.ts", "routes-know-no-database"],
  ["server/routes/with-sqlite.ts", "better-sqlite3", "routes-know-no-database"],
  ["server/report/with-db.ts", "../db/open.ts", "routes-know-no-database"],
  ["server/app.ts", "./db/open.ts", "only-the-wiring-sees-everything"],
  ["server/with-wiring.ts", "./start-console.ts", "nothing-imports-the-wiring"],
  ["agent/tools/with-stage.ts", "../stages/cpu.ts", "agent-tools-are-the-ground"],
  ["agent/tools/with-probe.ts", "../probes/bios.ts", "agent-tools-are-the-ground"],
  ["agent/stages/with-runner.ts", "../main.ts", "agent-stages-know-no-runner"],
  ["agent/probes/with-runner.ts", "../main.ts", "agent-stages-know-no-runner"],
  ["agent/probes/with-stage.ts", "../stages/cpu.ts", "agent-probes-know-no-stages"],
  ["agent/stages/with-spawn.ts", "node:child_process", "agent-programs-go-through-run-command"],
  ["agent/tools/with-spawn.ts", "child_process", "agent-programs-go-through-run-command"],
  ["agent/with-fastify.ts", "fastify", "agent-packages"],
  ["renderer/with-node.ts", "node:fs", "renderer-runs-in-a-browser"],
  ["server/with-nothing.ts", "./no-such-file.ts", "everything-resolves"],
  ["server/cycle-a.ts", "./cycle-b.ts", "no-cycles"],
];

describe("the layer rules", () => {
  let report: LayerReport;
  let typeOnly: LayerReport;

  beforeAll(() => {
    const offenders = (keyword: string) =>
      Object.fromEntries(
        OFFENCES.map(([file, imports]) => [
          file,
          keyword === "type"
            ? `import type * as it from "${imports}";\nexport type It = typeof it;`
            : `import * as it from "${imports}";\nexport const uses = it;`,
        ]),
      );
    report = checkLayers(scratchTree({ ...SOUND, ...offenders("value") }), CONFIG);
    typeOnly = checkLayers(scratchTree({ ...SOUND, ...offenders("type") }), CONFIG);
  }, 60_000);

  test.each(OFFENCES)("%s may not import %s: %s", (file, _imports, rule) => {
    const caught = report.violations.filter((v) => v.from === file).map((v) => v.rule);
    expect(caught).toContain(rule);
  });

  test.each(OFFENCES)("not as a type either: %s, %s: %s", (file, _imports, rule) => {
    const caught = typeOnly.violations.filter((v) => v.from === file).map((v) => v.rule);
    expect(caught).toContain(rule);
  });

  test("every rule is broken by one of these offenders", () => {
    const named = new Set(OFFENCES.map(([, , rule]) => rule));
    const unbroken = rules.forbidden.map(({ name }) => name).filter((name) => !named.has(name));
    expect(unbroken).toEqual([]);
  });

  test("nothing but the offenders is blamed", () => {
    const offenders = new Set(OFFENCES.map(([file]) => file));
    expect(report.violations.filter((v) => !offenders.has(v.from))).toEqual([]);
  });

  test("the sound tree alone is clean, and all of it was looked at", () => {
    const sound = checkLayers(scratchTree(SOUND), CONFIG);
    // cycle-b imports cycle-a, which here imports nothing back.
    expect(sound).toEqual({
      violations: [],
      moduleCount: Object.keys(SOUND).length,
      unseen: [],
    });
  });
});

describe("a checker that sees nothing does not pass", () => {
  test("an empty tree counts no modules", () => {
    expect(checkLayers(scratchTree({}), CONFIG).moduleCount).toBe(0);
  });

  test("sources that the checker leaves out are named", () => {
    const tree = scratchTree(SOUND);
    const blind = join(tree, "blind.mjs");
    writeFileSync(
      blind,
      `import rules from ${JSON.stringify(CONFIG)};
       export default { ...rules, options: { ...rules.options, exclude: { path: "^server/" } } };`,
    );
    const report = checkLayers(tree, blind);
    expect(report.unseen).toContain("server/main.ts");
    expect(report.violations).toEqual([]);
  });

  test("a checker that cannot run throws", () => {
    expect(() => checkLayers(scratchTree(SOUND), "/no/such/config.mjs")).toThrow(
      "The layer checker did not run",
    );
  });
});

test("every folder of code at the top of the checkout is under the rules", () => {
  const notCode = new Set([
    "node_modules",
    "dist",
    "coverage",
    "docs",
    "artifacts",
    "test-results",
  ]);
  const folders = readdirSync(ROOT_DIR, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .filter((name) => !notCode.has(name));
  expect(LAYERED_FOLDERS).toEqual(expect.arrayContaining(folders));
});
