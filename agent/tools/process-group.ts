import { readdirSync, readFileSync } from "node:fs";

/**
 * Every program that the agent starts carries this variable, and its children inherit it: the one trace
 * that also finds a child which left the process group (fio's forked jobs call setsid).
 */
export const OWNER_VARIABLE = "VETTING_COMMAND";

/** Sends a signal to a process group; false when nobody is in it any more. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  return send(-groupId, signal);
}

/**
 * Is anybody in the group still running? Zombies do not count: a child that outlived its parent is reaped by
 * init, in its own time.
 */
export function groupIsAlive(groupId: number): boolean {
  if (!signalGroup(groupId, 0)) return false;
  const members = processIds()
    .map(statOf)
    .filter((stat) => stat?.groupId === groupId);
  // Without /proc there is nothing to look at, and the kernel's answer stands.
  return members.length === 0 || members.some((stat) => stat?.state !== "Z" && stat?.state !== "X");
}

/**
 * Processes whose environment carries `VETTING_COMMAND=<marker…>`; empty where there is no /proc.
 * @param strangers ids of processes that are known to carry it not: a host has hundreds, and to read the
 * environment of all of them costs more than most commands.
 */
export function markedProcesses(
  marker: string,
  strangers: ReadonlySet<number> = new Set(),
): number[] {
  const wanted = `${OWNER_VARIABLE}=${marker}`;
  return processIds().filter(
    (pid) =>
      pid !== process.pid &&
      !strangers.has(pid) &&
      environmentOf(pid).some((entry) => entry === wanted || entry.startsWith(`${wanted}/`)),
  );
}

/**
 * Ends what an earlier agent of the same owner left running (it was shot, its tools went on).
 * @returns how many processes were killed.
 */
export function endLeftovers(owner: string): number {
  return markedProcesses(owner).filter((pid) => send(pid, "SIGKILL")).length;
}

export function signalProcesses(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) send(pid, signal);
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** All that run now. */
export function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** State letter and process group; null for a process that is gone. */
function statOf(pid: number): { state: string; groupId: number } | null {
  try {
    // The name in parentheses may itself hold spaces and parentheses: what counts follows the last one.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", , group = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, groupId: Number(group) };
  } catch {
    return null;
  }
}

/** Empty for a process that is gone, a zombie or another user's. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
