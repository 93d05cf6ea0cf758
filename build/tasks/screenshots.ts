import { runAsSelf } from "../child.mjs";
import { AGENT_OUTPUT, buildOrSay } from "../outputs.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";

// `npm run screenshots [-- NAME…]`: every screen in every state, at two sizes in two themes, into dist/screens/.

const say = (line: string) => process.stderr.write(`${line}\n`);

if (!(await buildOrSay(ROOT_DIR, [AGENT_OUTPUT], say))) process.exit(1);
process.exitCode = await runAsSelf(process.execPath, [
  inRoot("test/browser/screenshots.ts"),
  ...process.argv.slice(2),
]);
