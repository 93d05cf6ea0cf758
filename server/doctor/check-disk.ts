import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

const MIB = 1024 * 1024;

/** Room for the database: told before it hurts. */
export function checkDisk({
  config,
  dataDir,
  freeDiskBytes,
}: Pick<DoctorDeps, "config" | "dataDir" | "freeDiskBytes">): DoctorCheck {
  const check = { id: "disk", title: "Free disk space" };
  const { warnFreeMiB } = config.disk;
  const bytes = freeDiskBytes();
  if (bytes === null) {
    const detail = `How much room is left for ${dataDir} could not be found out.`;
    return { ...check, status: "warn", detail, mend: `df -h ${quoted(dataDir)}` };
  }
  const free = `${Math.floor(bytes / MIB)} MiB are free for ${dataDir}`;
  if (bytes >= warnFreeMiB * MIB) {
    return { ...check, status: "ok", detail: `${free}.`, mend: null };
  }
  const mend = `du -xh --max-depth=2 ${quoted(dataDir)} | sort -h`;
  if (bytes >= (warnFreeMiB * MIB) / 2) {
    const detail = `${free}; the warning comes at ${warnFreeMiB} MiB. Below half of it no new run starts.`;
    return { ...check, status: "warn", detail, mend };
  }
  const detail = `${free}, less than half of the ${warnFreeMiB} MiB asked for (disk.warnFreeMiB): no new run starts until there is room.`;
  return { ...check, status: "fail", detail, mend };
}

/** Ready for a shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
