/**
 * The way into every npm command: `node build/bootstrap.mjs TASK [ARGS]`.
 *
 * Runs on any Node from 20 on, on a fresh clone: installs the packages when they are missing or
 * stale (Node 24 is one of them) and hands over to build/tasks/TASK.ts under that Node. All that it
 * says itself goes to stderr, so that stdout belongs to the task.
 */
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runAsSelf } from "./child.mjs";
import { chooseNode, installIfNeeded } from "./install.mjs";
import { bootstrapNodeProblem } from "./node-guard.mjs";

const rootDir = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => process.stderr.write(`${line}\n`);

/** @returns {Promise<number>} the exit code */
async function main() {
  const unfit = bootstrapNodeProblem(process.version);
  if (unfit !== null) {
    say(unfit);
    return 1;
  }
  const [task, ...given] = process.argv.slice(2);
  const taskFile = join(rootDir, "build", "tasks", `${task}.ts`);
  if (task === undefined || !/^[a-z-]+$/.test(task) || !existsSync(taskFile)) {
    const known = readdirSync(join(rootDir, "build", "tasks")).map((name) => name.slice(0, -3));
    say(`There is no task "${task ?? ""}". Known are: ${known.join(", ")}.`);
    return 2;
  }
  const failed = await installIfNeeded(rootDir, say);
  if (failed !== null) {
    say(failed);
    return 1;
  }
  const node = chooseNode(rootDir);
  if (!node.ok) {
    say(node.message);
    return 1;
  }
  // `npm start -- --x` arrives as --x; by hand one may write the two dashes as well.
  const args = given[0] === "--" ? given.slice(1) : given;
  // Set in place: a copy would have "Path" beside "PATH" on Windows.
  process.env.PATH = [
    join(rootDir, "node_modules", ".bin"),
    dirname(node.path),
    process.env.PATH ?? "",
  ].join(delimiter);
  return runAsSelf(node.path, [taskFile, ...args]);
}

process.exitCode = await main();
