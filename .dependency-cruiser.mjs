/**
 * Who may import whom: design rules as forbidden edges. `npm test` runs them through
 * build/layers.ts, which also asserts that every source file was looked at;
 * test/build/layers.test.ts breaks each rule once and sees it caught.
 *
 * Type-only imports count: knowing a name is knowing.
 */
const OURS = "agent|bench|build|contract|electron|renderer|reporter|server|test";
const npm = (names) => `(^|/)node_modules/(${names})(/|$)`;
const ANY_NPM = "(^|/)node_modules/";

/** An area of the tree that may import, of ours, only itself and the contract. */
const standsAlone = (area, except = []) => ({
  name: `${area}-knows-only-the-contract`,
  comment: `Of our own code, ${area}/ imports only contract/.`,
  severity: "error",
  from: { path: `^${area}/` },
  to: { path: `^(${OURS})/`, pathNot: [`^${area}/`, "^contract/", ...except] },
});

/** The files that wire the server together and so may see all of it. */
const SERVER_WIRING = "^server/(main|start-console|reads/read-worker)[.]ts$";

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two files that need each other are one thing, or need a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "everything-resolves",
      comment: "An import that leads nowhere hides an edge from every other rule.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "contract-imports-zod-only",
      comment: "The contract runs anywhere: zod and itself, no Node module, no other code of ours.",
      severity: "error",
      from: { path: "^contract/" },
      to: { pathNot: ["^contract/", npm("zod")] },
    },
    standsAlone("server"),
    standsAlone("agent"),
    standsAlone("renderer"),
    standsAlone("reporter"),
    standsAlone("electron", ["^server/start-console[.]ts$"]),
    {
      name: "product-does-not-import-tests-or-build",
      comment: "What ships never depends on how it is built, measured or tested.",
      severity: "error",
      from: { path: "^(contract|server|agent|renderer|reporter|electron)/" },
      to: { path: "^(build|bench|test)/" },
    },
    {
      name: "only-electron-imports-electron",
      comment: "Without its runtime, importing electron tries to download it and then throws.",
      severity: "error",
      from: { pathNot: ["^electron/", ANY_NPM] },
      to: { path: npm("electron") },
    },
    {
      name: "run-knows-no-web-and-no-database",
      comment: "server/run depends on the interfaces in its ports.ts alone.",
      severity: "error",
      from: { path: "^server/run/" },
      to: {
        path: [
          npm("fastify|@fastify/[^/]+|fastify-[^/]+|better-sqlite3|@types/better-sqlite3"),
          "^node:sqlite$",
          "^sqlite$",
        ],
      },
    },
    {
      name: "run-knows-none-of-its-users",
      comment: "server/run is what routes call and db implements; it imports neither.",
      severity: "error",
      from: { path: "^server/run/" },
      to: { path: "^server/", pathNot: "^server/run/" },
    },
    {
      name: "netboot-knows-no-runs",
      comment: "server/netboot is handed functions; it knows of the server only itself.",
      severity: "error",
      from: { path: "^server/netboot/" },
      to: { path: "^server/", pathNot: "^server/netboot/" },
    },
    {
      name: "db-knows-only-the-ports-of-run",
      comment: "server/db implements server/run/ports.ts and knows nothing else of the server.",
      severity: "error",
      from: { path: "^server/db/" },
      to: { path: "^server/", pathNot: ["^server/db/", "^server/run/ports[.]ts$"] },
    },
    {
      name: "routes-know-no-database",
      comment: "Routes call the ports; SQL stays in server/db.",
      severity: "error",
      from: { path: "^server/(routes|report)/" },
      to: { path: ["^server/db/", npm("better-sqlite3|@types/better-sqlite3")] },
    },
    {
      name: "only-the-wiring-sees-everything",
      comment:
        "Outside server/db itself, only main.ts, start-console.ts and the reading thread's read-worker.ts may import server/db.",
      severity: "error",
      from: { path: "^server/", pathNot: ["^server/db/", SERVER_WIRING] },
      to: { path: "^server/db/" },
    },
    {
      name: "nothing-imports-the-wiring",
      comment:
        "main.ts, start-console.ts and read-worker.ts wire the rest; the rest never reaches back.",
      severity: "error",
      from: { path: "^(server|agent|renderer|contract)/", pathNot: SERVER_WIRING },
      to: { path: SERVER_WIRING },
    },
    {
      name: "agent-tools-are-the-ground",
      comment: "stages and probes → tools → run-command: tools/ imports nothing else of the agent.",
      severity: "error",
      from: { path: "^agent/tools/" },
      to: { path: "^agent/", pathNot: "^agent/tools/" },
    },
    {
      name: "agent-stages-know-no-runner",
      comment:
        "A stage or probe is handed its context; it never imports the agent's own top level.",
      severity: "error",
      from: { path: "^agent/(stages|probes)/" },
      to: { path: "^agent/[^/]+[.]ts$" },
    },
    {
      name: "agent-probes-know-no-stages",
      comment: "A probe is used by a stage, never the other way about.",
      severity: "error",
      from: { path: "^agent/probes/" },
      to: { path: "^agent/stages/" },
    },
    {
      name: "agent-programs-go-through-run-command",
      comment: "Every external program is started in agent/tools/run-command.ts.",
      severity: "error",
      from: { path: "^agent/", pathNot: "^agent/tools/run-command[.]ts$" },
      to: { path: "^(node:)?child_process$" },
    },
    {
      name: "agent-packages",
      comment: "The agent is one small bundle: zod and nothing else from npm.",
      severity: "error",
      from: { path: "^agent/" },
      to: { path: ANY_NPM, pathNot: npm("zod|@types/node") },
    },
    {
      name: "renderer-runs-in-a-browser",
      comment: "No Node module exists in a sandboxed window.",
      severity: "error",
      from: { path: "^renderer/" },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(fixtures|dist|coverage)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    moduleSystems: ["es6", "cjs"],
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".d.ts", ".d.mts"],
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "require", "node", "default"],
      mainFields: ["module", "main", "types", "typings"],
    },
    skipAnalysisNotInRules: false,
  },
};
