import { createHash } from "node:crypto";
import { runAgent } from "./agent.ts";
import { DEFAULT_TIMING, systemClock } from "./clock.ts";
import { readAgentConfig } from "./config.ts";
import { printable } from "./printable.ts";
import { createSensorSource } from "./sensor-source.ts";
import { catalogue, STAGE_DEFINITIONS } from "./stages/index.ts";
import { openStateDir } from "./state-dir.ts";
import { createHostFiles } from "./tools/host-files.ts";
import { endLeftovers } from "./tools/process-group.ts";
import { createRunCommand } from "./tools/run-command.ts";

/** The unit starts the agent again after this. */
const EXIT_FAILED = 1;
const EXIT_BAD_CONFIG = 2;

function print(line: string): void {
  // The serial console is a terminal, and what tools and DMI strings say is hostile.
  process.stdout.write(`${printable(line)}\n`);
}

async function main(): Promise<number> {
  const files = createHostFiles();
  const outcome = await readAgentConfig(process.env, files);
  if (outcome.kind === "config-missing") {
    process.stderr.write(`${outcome.message}\n`);
    return EXIT_BAD_CONFIG;
  }
  const { config } = outcome;
  try {
    openStateDir(config.stateDir);
  } catch (error) {
    process.stderr.write(
      `The state folder ${config.stateDir} cannot be made: ${String(error)}. Run the agent as root, or set VETTING_STATE_DIR.\n`,
    );
    return EXIT_BAD_CONFIG;
  }
  const stopped = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => stopped.abort());
  }
  // Several agents may live on one machine (the demo's hosts): the state folder tells them apart.
  const owner = `agent-${createHash("sha256").update(config.stateDir).digest("hex").slice(0, 16)}`;
  const run = createRunCommand({ owner });
  return runAgent({
    config,
    stages: Object.values(STAGE_DEFINITIONS),
    catalogue: catalogue(),
    run,
    files,
    clock: systemClock,
    timing: DEFAULT_TIMING,
    readSensors: createSensorSource({ files, run }),
    endMarked: () => endLeftovers(owner),
    signal: stopped.signal,
    print,
  });
}

process.on("unhandledRejection", (reason) => {
  process.stderr.write(
    `Unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}\n`,
  );
  process.exit(EXIT_FAILED);
});

process.exit(await main());
