import { createHash } from "node:crypto";
import { runAgent } from "../../agent/agent.ts";
import { DEFAULT_TIMING, systemClock } from "../../agent/clock.ts";
import { readAgentConfig } from "../../agent/config.ts";
import { createSensorSource } from "../../agent/sensor-source.ts";
import { catalogue, STAGE_DEFINITIONS } from "../../agent/stages/index.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { endLeftovers } from "../../agent/tools/process-group.ts";
import { createRunCommand } from "../../agent/tools/run-command.ts";

// The real agent on a simulated host: everything as in agent/main.ts, except that /sys, /proc and /dev are the
// host's own (DEMO_HOST_ROOT), and that the agent ends with the demo that started it.

const EXIT_BAD_CONFIG = 2;
const root = process.env.DEMO_HOST_ROOT;
if (root === undefined || root === "") {
  process.stderr.write("DEMO_HOST_ROOT names no simulated host.\n");
  process.exit(EXIT_BAD_CONFIG);
}

const stopped = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => stopped.abort());
}
// The demo holds the other end: it closes however the demo ends, by SIGKILL too.
process.stdin.on("end", () => stopped.abort()).resume();

const files = createHostFiles(root);
const outcome = await readAgentConfig(process.env, files);
if (outcome.kind === "config-missing") {
  process.stderr.write(`${outcome.message}\n`);
  process.exit(EXIT_BAD_CONFIG);
}
const { config } = outcome;
const owner = `demo-${createHash("sha256").update(config.stateDir).digest("hex").slice(0, 16)}`;
const run = createRunCommand({ owner });
process.exit(
  await runAgent({
    config,
    stages: STAGE_DEFINITIONS,
    catalogue: catalogue(),
    run,
    files,
    clock: systemClock,
    timing: DEFAULT_TIMING,
    readSensors: createSensorSource({ files, run }),
    endMarked: () => endLeftovers(owner),
    signal: stopped.signal,
    print: (line) => process.stdout.write(`${line}\n`),
  }),
);
