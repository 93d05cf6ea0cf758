/**
 * Which Node can run Vetting. Plain JavaScript for Node 20 and without imports: this is read by
 * whatever Node a machine happens to have, before anything is installed.
 *
 * Two limits lie behind it: better-sqlite3 13 ends the process with a segmentation fault below
 * 22.14, and TypeScript sources run as they are from 22.18 and 23.6 on.
 */

/** The lowest version of each release line that strips types by itself; later lines all do. */
const LOWEST_MINOR = new Map([
  [22, 18],
  [23, 6],
]);

/**
 * @param {string} version as in `process.version`, with or without the "v"
 * @returns {string | null} what is wrong with it as a sentence, or null when it is fit
 */
export function nodeProblem(version) {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (parts === null) return `"${version}" is not a Node version.`;
  const major = Number(parts[1]);
  const lowestMinor = LOWEST_MINOR.get(major);
  if (major > 23 || (lowestMinor !== undefined && Number(parts[2]) >= lowestMinor)) return null;
  return `Vetting needs Node 22.18 or newer, best Node 24, and this is Node ${version.replace(/^v/, "")}.`;
}

/**
 * The bootstrap itself needs less: it only installs the packages, Node 24 among them.
 * @param {string} version
 * @returns {string | null}
 */
export function bootstrapNodeProblem(version) {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1] ?? Number.NaN);
  if (major >= 20) return null;
  return (
    `Vetting starts from Node 20 or newer (it then brings its own Node 24), and this is Node ` +
    `${version.replace(/^v/, "")}. Install a current Node from https://nodejs.org and run the command again.`
  );
}
