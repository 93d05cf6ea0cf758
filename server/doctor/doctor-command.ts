import { existsSync } from "node:fs";
import { join } from "node:path";
import { BootFiles } from "../boot-files.ts";
import { createFreeDisk } from "../lab/free-disk.ts";
import type { Settings } from "../settings.ts";
import { type DoctorDeps, runDoctor } from "./doctor.ts";
import { doctorTable } from "./doctor-table.ts";
import { consoleOf, thisMachine } from "./this-machine.ts";

/** Nobody waits at a page here: everything is listened to and read to its end, in ms. */
const COMMAND_PATIENCE_MS = 60_000;
const NARROWEST_COLUMNS = 40;
const USUAL_COLUMNS = 100;

/** What stdout is to the command. */
export interface Printer {
  write(text: string): unknown;
  readonly columns?: number;
  readonly isTTY?: boolean;
}

/**
 * `npm start -- --doctor`: every check without a console, beside a running one or none, printed as a table or as JSON.
 * @returns the exit code: 0 when nothing fails, 1 when something does
 */
export async function doctorCommand(
  settings: Settings,
  json: boolean,
  out: Printer,
  patch: Partial<DoctorDeps> = {},
): Promise<number> {
  const { config, dataDir } = settings;
  const bootFiles = new BootFiles(settings.bootDir);
  const { address, httpPort } = config.lab;
  const response = await runDoctor({
    ...thisMachine(),
    config,
    dataDir,
    labUrl: () => (address === null || httpPort === 0 ? null : `http://${address}:${httpPort}`),
    freeDiskBytes: createFreeDisk(existingParent(dataDir)),
    ownPorts: () => null,
    otherConsole: () => consoleOf(dataDir),
    bootFiles: () => bootFiles.check(),
    agentBuilt: () => existsSync(settings.agentFile),
    consoleVersion: settings.version,
    patienceMs: COMMAND_PATIENCE_MS,
    ...patch,
  });
  const columns = Math.max(NARROWEST_COLUMNS, out.columns ?? USUAL_COLUMNS);
  out.write(
    json
      ? `${JSON.stringify(response)}\n`
      : doctorTable(response, { columns, colour: out.isTTY === true }),
  );
  return response.ok ? 0 : 1;
}

/** Before its first start a console has no data directory yet: its room is that of where it will lie. */
function existingParent(directory: string): string {
  let place = directory;
  while (!existsSync(place)) {
    const parent = join(place, "..");
    if (parent === place) break;
    place = parent;
  }
  return place;
}
