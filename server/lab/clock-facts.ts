import { existsSync } from "node:fs";
import { type RunTool, runTool } from "./run-tool.ts";

export interface ClockFacts {
  readonly platform: NodeJS.Platform;
  readonly now: Date;
  /** Does a time server keep it? Null when the system does not tell. */
  readonly synchronized: boolean | null;
}

/** systemd-timesyncd touches it once it has the time [systemd-timesyncd.service(8)]. */
const TIMESYNC_MARK = "/run/systemd/timesync/synchronized";

export async function readClock(
  platform: NodeJS.Platform = process.platform,
  run: RunTool = runTool,
  exists: (file: string) => boolean = existsSync,
): Promise<ClockFacts> {
  return { platform, now: new Date(), synchronized: await synchronized(platform, run, exists) };
}

async function synchronized(
  platform: NodeJS.Platform,
  run: RunTool,
  exists: (file: string) => boolean,
): Promise<boolean | null> {
  if (platform !== "linux") return null;
  // timedated reads the kernel's own flag, so that chrony and ntpd count as well.
  const told = await run("timedatectl", ["show", "--property=NTPSynchronized", "--value"]);
  if (told?.trim() === "yes") return true;
  if (exists(TIMESYNC_MARK)) return true;
  return told?.trim() === "no" ? false : null;
}
