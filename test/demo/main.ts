import { parseArgs } from "node:util";
import { StartProblem } from "../../server/options.ts";
import { stopOnSignal } from "../../server/stop-on-signal.ts";
import { type RunningDemo, startDemo } from "./demo.ts";

// `npm run demo`: what build/tasks/demo.ts starts.

const USAGE = `Usage: npm run demo -- [options]
  --data-dir DIR   keep the demo's database there (default: a temporary folder)
  --seconds N      length of one stress pass (12); a whole run takes about eight times as long
  --hosts A,B      only these of the simulated hosts
  --json           one line of JSON on stdout when everything runs
Everything is simulated: the real console and the real agent, over fake tools. Nothing leaves this machine.`;

const DEFAULT_SECONDS = 12;
const EXIT_CANNOT_START = 2;

async function main(): Promise<void> {
  const given = readArguments();
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  // Whoever reads the ready line may close the pipe right after it.
  process.stdout.on("error", () => {});
  const demo = await startDemo({
    ...given,
    say: (line) => {
      if (!given.json) process.stdout.write(`[simulated] ${line}\n`);
    },
  });
  stopOnSignal("demo", demo);
  process.stdout.write(given.json ? readyLine(demo) : greeting(demo));
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        "data-dir": { type: "string" },
        seconds: { type: "string" },
        hosts: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    const seconds = values.seconds === undefined ? DEFAULT_SECONDS : Number(values.seconds);
    if (!Number.isInteger(seconds) || seconds < 1) {
      throw new Error(`--seconds is "${values.seconds}"; expected a whole number above 0`);
    }
    return {
      dataDir: values["data-dir"] ?? null,
      seconds,
      hosts: values.hosts?.split(",") ?? null,
      json: values.json ?? false,
      help: values.help ?? false,
    };
  } catch (error) {
    throw new StartProblem(
      `${(error as Error).message}. npm run demo -- --help lists the options.`,
    );
  }
}

function readyLine({ consoleUrl, labUrl }: RunningDemo): string {
  const ports = { tftpPort: null, dhcpPort: null };
  const line = { event: "ready", consoleUrl, labUrl, ...ports, pid: process.pid, simulated: true };
  return `${JSON.stringify(line)}\n`;
}

function greeting({ consoleUrl, hosts }: RunningDemo): string {
  const stories = hosts.map(({ facts, story }) => `  ${facts.hostname.padEnd(12)} ${story}`);
  return `
Everything here is SIMULATED: no hardware is tested. The console and the agent are the real ones; the tools are fakes.
${stories.join("\n")}

Open ${consoleUrl}
Ctrl-C ends the demo and everything that it started.

`;
}

main().catch((error: unknown) => {
  if (!(error instanceof StartProblem)) throw error;
  process.stderr.write(`${error.message.replaceAll("\n", " ")}\n`);
  process.exitCode = EXIT_CANNOT_START;
});
