import { spawn } from "node:child_process";
import { runAsSelf } from "../child.mjs";
import { browserCommand, chooseDesktop, consoleUrlIn } from "../desktop.ts";
import { AGENT_OUTPUT, buildOrSay, RENDERER_OUTPUT } from "../outputs.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";

// `npm start`: builds what is missing or stale, then becomes the console. All that this task says
// goes to stderr; with --json, stdout is the console's alone.

const args = process.argv.slice(2);
const say = (line: string) => process.stderr.write(`${line}\n`);

if (!(await buildOrSay(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT], say))) process.exit(1);

const choice = chooseDesktop({ args, env: process.env, platform: process.platform });
if (choice.kind === "headless-because") say(choice.reason);

const server = [inRoot("server/main.ts"), ...args];
const opensBrowser = choice.kind === "headless-because" && choice.hasDisplay;
if (opensBrowser && !args.includes("--json")) {
  process.exitCode = await runAsSelf(process.execPath, server, { onStdout: openWhenPrinted() });
} else {
  process.exitCode = await runAsSelf(process.execPath, server);
}

/** Watches the output for the console's address and opens it once. */
function openWhenPrinted(): (chunk: Buffer) => void {
  let printed: string | null = "";
  return (chunk) => {
    if (printed === null) return;
    printed += chunk.toString("utf8");
    const url = consoleUrlIn(printed);
    if (url === null) return;
    printed = null;
    const [command, ...commandArgs] = browserCommand(process.platform, url);
    const opener = spawn(command, commandArgs, { stdio: "ignore", detached: true });
    // No browser to be had: the address is on the screen all the same.
    opener.once("error", () => {});
    opener.unref();
  };
}
