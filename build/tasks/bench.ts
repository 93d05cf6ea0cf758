import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename } from "node:path";
import { filesUnder } from "../content-hash.ts";
import { AGENT_OUTPUT, buildOrSay, RENDERER_OUTPUT } from "../outputs.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";

// `npm run bench [-- NAME…]`: every bench/*.bench.ts, one after the other so that none disturbs
// another. Each prints its table and writes dist/bench/NAME.json.

const wanted = process.argv.slice(2);
const files = filesUnder(inRoot("bench")).filter(
  (file) =>
    file.endsWith(".bench.ts") &&
    (wanted.length === 0 || wanted.some((name) => basename(file).includes(name))),
);
mkdirSync(inRoot("dist/bench"), { recursive: true });
const say = (line: string) => console.error(line);
if (!(await buildOrSay(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT], say))) process.exit(1);

const failed: string[] = [];
for (const file of files) {
  const name = basename(file, ".bench.ts");
  console.log(`\n== ${name}`);
  const { status, signal } = spawnSync(process.execPath, [file], {
    cwd: ROOT_DIR,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) failed.push(`${name} (${signal ?? `exit ${status}`})`);
}
if (failed.length > 0) console.error(`\nFailed: ${failed.join(", ")}`);
if (files.length === 0) console.error("There is no benchmark to run.");
process.exitCode = failed.length > 0 || files.length === 0 ? 1 : 0;
