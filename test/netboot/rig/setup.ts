import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach } from "vitest";
import { labFolders } from "./lab-folders.ts";

// The tests of a file are the steps of one story: after one that failed the rest would only wait in vain.

const broken = new Set<string>();
const SERIAL_TAIL_CHARS = 1500;

beforeEach(({ task, skip }) => {
  skip(broken.has(task.file.filepath), "an earlier step failed");
});

afterEach(({ task }) => {
  if (task.result?.state !== "fail") return;
  broken.add(task.file.filepath);
  const { logs } = labFolders();
  const lines = readdirSync(logs).map((name) => join(logs, name));
  console.error(`The logs of this run:\n  ${lines.join("\n  ")}`);
  const story = /([^/]+)[.]test[.]ts$/.exec(task.file.filepath)?.[1] ?? "";
  for (const file of lines.filter((name) => name.includes(`/${story}-`))) {
    if (!file.endsWith(".serial.log")) continue;
    const text = stripVTControlCharacters(readFileSync(file, "latin1"));
    console.error(`The end of ${file}:\n${text.slice(-SERIAL_TAIL_CHARS)}`);
  }
});
