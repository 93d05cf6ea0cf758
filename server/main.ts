import { doctorCommand } from "./doctor/doctor-command.ts";
import { readOptions, StartProblem, USAGE } from "./options.ts";
import { readyLine } from "./ready-line.ts";
import { settle } from "./settings.ts";
import { type RunningConsole, startConsole } from "./start-console.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

// The headless console. The one place that reads the arguments and the environment, and that exits.

/** Bad options or configuration, or something in the way that the operator can mend. */
const EXIT_CANNOT_START = 2;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  // Whoever reads the ready line may close the pipes right after it; a run must not end with its console's log.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  if (options.doctor) {
    process.exitCode = await doctorCommand(settle(options), options.json, process.stdout);
    return;
  }
  const running = await startConsole(options);
  stopOnSignal("console", running);
  process.stdout.write(options.json ? readyLine(running) : greeting(running));
}

function greeting({ consoleUrl, labUrl }: RunningConsole): string {
  const lab =
    labUrl === null
      ? "No lab address is set yet, so no host can reach it: start with --lab-address IP, or set vetting.lab.address in vetting.yaml."
      : `Hosts reach it at ${labUrl} (reporter: curl -fsS ${labUrl}/register/quick.sh | sudo sh).`;
  return `Vetting is running. Open ${consoleUrl}\n${lab}\n`;
}

main().catch((error: unknown) => {
  if (!(error instanceof StartProblem)) throw error;
  process.stderr.write(`${error.message.replaceAll("\n", " ")}\n`);
  process.exitCode = EXIT_CANNOT_START;
});
