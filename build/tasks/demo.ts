import { existsSync } from "node:fs";
import { runAsSelf } from "../child.mjs";
import { AGENT_OUTPUT, buildOrSay, RENDERER_OUTPUT } from "../outputs.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";

// `npm run demo`: the console with simulated hosts. What the simulation is lies in test/demo/.

const DEMO_MAIN = "test/demo/main.ts";
const say = (line: string) => process.stderr.write(`${line}\n`);

if (existsSync(inRoot(DEMO_MAIN))) {
  if (!(await buildOrSay(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT], say))) process.exit(1);
  process.exitCode = await runAsSelf(process.execPath, [
    inRoot(DEMO_MAIN),
    ...process.argv.slice(2),
  ]);
} else {
  say(`There is no demo in this checkout: ${DEMO_MAIN} is missing.`);
  process.exitCode = 1;
}
