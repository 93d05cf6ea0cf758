import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "../root-dir.ts";
import { renderStateGraph, STATE_GRAPH_PATH } from "../state-graph.ts";

// Writes docs/run-state.md from the transition table; with --check it only compares.

const fresh = renderStateGraph();
if (process.argv.includes("--check")) {
  if (readOrNull() === fresh) {
    console.log(`${STATE_GRAPH_PATH} is fresh.`);
  } else {
    console.error(
      `${STATE_GRAPH_PATH} does not match contract/run-state.ts. Write it anew with: node build/bootstrap.mjs state-graph`,
    );
    process.exitCode = 1;
  }
} else {
  mkdirSync(inRoot("docs"), { recursive: true });
  writeFileSync(inRoot(STATE_GRAPH_PATH), fresh);
  console.log(`Wrote ${STATE_GRAPH_PATH}.`);
}

function readOrNull(): string | null {
  try {
    return readFileSync(inRoot(STATE_GRAPH_PATH), "utf8");
  } catch {
    return null;
  }
}
