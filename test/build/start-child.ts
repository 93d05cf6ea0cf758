/** `npm start` as a user who is not root: what build/tasks/start.ts does, but for the user. */
import { start } from "../../build/start.ts";

process.exitCode = await start({
  args: process.argv.slice(2),
  env: process.env,
  platform: process.platform,
  isRoot: false,
  say: (line) => process.stderr.write(`${line}\n`),
});
