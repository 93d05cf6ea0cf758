/** Runs and hosts as the console's API would give them, for tests of the report and the renderer. */
export * from "./console-data/console.ts";
export * from "./console-data/hosts.ts";
export * from "./console-data/inventory.ts";
export * from "./console-data/runs.ts";
export * from "./console-data/series.ts";
export * from "./console-data/stages.ts";
export * from "./console-data/times.ts";
