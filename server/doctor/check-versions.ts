import type { DoctorCheck } from "../../contract/console-api.ts";

/** The oldest Node that better-sqlite3 13 runs on; an older one crashes without a word. */
const OLDEST_NODE = [22, 14] as const;

/** What runs here, for a bug report. */
export function checkVersions(
  consoleVersion: string,
  node: string = process.versions.node,
): DoctorCheck {
  const check = { id: "versions", title: "Versions" };
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const fits = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  const detail = `Vetting ${consoleVersion}, Node ${node} on ${process.platform} ${process.arch}.`;
  if (fits) return { ...check, status: "ok", detail, mend: null };
  const why = `${detail} Node ${OLDEST_NODE.join(".")} or newer is needed.`;
  return { ...check, status: "fail", detail: why, mend: "npm start" };
}
