import { start } from "../start.ts";

process.exitCode = await start({
  args: process.argv.slice(2),
  env: process.env,
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  say: (line) => process.stderr.write(`${line}\n`),
});
