import { spawn } from "node:child_process";
import { runAsSelf } from "./child.mjs";
import {
  browserCommand,
  chooseDesktop,
  consoleUrlIn,
  type DesktopFacts,
  headlessBecause,
} from "./desktop.ts";
import { haveRuntime } from "./electron-runtime.ts";
import { AGENT_OUTPUT, buildOrSay, DESKTOP_OUTPUT, RENDERER_OUTPUT } from "./outputs.ts";
import { inRoot, ROOT_DIR } from "./root-dir.ts";

export interface StartFacts extends DesktopFacts {
  /** Gets what this task says itself; stdout is the console's alone. */
  readonly say: (line: string) => void;
}

/** Endings that somebody meant: a console that says what is in its way (2), and signals. */
const MEANT = [0, 2, 128 + 1, 128 + 2, 128 + 15];

/**
 * `npm start`: builds what is missing or stale, then becomes the console: in its window where there is a display and
 * the runtime can be had, else headless, with one line that says why.
 * @returns the exit code
 */
export async function start(facts: StartFacts): Promise<number> {
  const { say } = facts;
  if (!(await buildOrSay(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT], say))) return 1;
  const choice = chooseDesktop(facts);
  if (choice.kind === "headless-wanted") return runHeadless(facts, false);
  if (choice.kind === "headless-because") {
    say(choice.reason);
    return runHeadless(facts, choice.hasDisplay);
  }
  const ended = await runDesktop(facts);
  if (typeof ended === "number") return ended;
  say(headlessBecause(ended.why).reason);
  return runHeadless(facts, true);
}

/** The exit code of the desktop app, or why there was none. */
async function runDesktop({ args, env, say }: StartFacts): Promise<number | { why: string }> {
  const runtime = await haveRuntime({ packageDir: inRoot("node_modules/electron"), env, say });
  if (!runtime.ok) return { why: `The Electron runtime could not be fetched (${runtime.why})` };
  if (!(await buildOrSay(ROOT_DIR, [DESKTOP_OUTPUT], say))) return 1;
  let cameUp = false;
  // An editor that is an Electron app itself sets this for its terminals, and ours would be a bare Node.
  const { ELECTRON_RUN_AS_NODE: _, ...desktopEnv } = env;
  const exitCode = await runAsSelf(runtime.path, [ROOT_DIR, ...args], {
    env: desktopEnv,
    onStdout: whenPrinted(() => {
      cameUp = true;
    }),
  });
  if (cameUp || MEANT.includes(exitCode)) return exitCode;
  return { why: `The desktop app did not start (exit code ${exitCode})` };
}

function runHeadless({ args, env, platform }: StartFacts, opensBrowser: boolean): Promise<number> {
  const server = [inRoot("server/main.ts"), ...args];
  if (!opensBrowser || args.includes("--json")) return runAsSelf(process.execPath, server, { env });
  return runAsSelf(process.execPath, server, {
    env,
    onStdout: whenPrinted((url) => {
      const [command, ...commandArgs] = browserCommand(platform, url);
      const opener = spawn(command, commandArgs, { env, stdio: "ignore", detached: true });
      // No browser to be had: the address is on the screen all the same.
      opener.once("error", () => {});
      opener.unref();
    }),
  });
}

/** Watches the output for the console's address and tells it once. */
function whenPrinted(onUrl: (url: string) => void): (chunk: Buffer) => void {
  let printed: string | null = "";
  return (chunk) => {
    if (printed === null) return;
    printed += chunk.toString("utf8");
    const url = consoleUrlIn(printed);
    if (url === null) return;
    printed = null;
    onUrl(url);
  };
}
