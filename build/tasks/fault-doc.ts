import { readFileSync, writeFileSync } from "node:fs";
import { FAULT_DOC_PATH, renderFaultDoc } from "../fault-doc.ts";
import { inRoot } from "../root-dir.ts";

// Writes the tables of docs/faults.md from the catalogue; with --check it only compares.

const before = readFileSync(inRoot(FAULT_DOC_PATH), "utf8");
const fresh = renderFaultDoc(before);
if (!process.argv.includes("--check")) {
  writeFileSync(inRoot(FAULT_DOC_PATH), fresh);
  console.log(`Wrote ${FAULT_DOC_PATH}.`);
} else if (fresh === before) {
  console.log(`${FAULT_DOC_PATH} is fresh.`);
} else {
  console.error(
    `${FAULT_DOC_PATH} does not match test/faults/. Write it anew with: node build/bootstrap.mjs fault-doc`,
  );
  process.exitCode = 1;
}
