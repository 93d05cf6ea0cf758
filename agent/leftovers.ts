import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writePrivate } from "./state-dir.ts";
import type { RunCommand } from "./tools/command.ts";

/** A session that the agent started: its leader's pid, and when the leader began (clock ticks since boot). */
const sessionSchema = z.object({ id: z.int().min(2), startTicks: z.int() });
type Session = z.infer<typeof sessionSchema>;
const ledgerSchema = z.object({
  sessions: z.array(sessionSchema),
  /** Seconds since boot at the last writing. */
  uptimeS: z.number(),
});

const LEDGER = "sessions.json";
const TICKS_PER_SECOND = 100;
/** A member whose leader is gone counts as ours only if it began before the agent was last seen, with this much grace. */
const GRACE_S = 5;

/**
 * Remembers on disk which sessions of stress tools the agent has started, so that an agent that was shot in the
 * middle of a stage can end them when it comes back. The environment's mark alone does not do: stress-ng
 * overwrites that of its workers.
 */
export class SessionLedger {
  readonly #path: string;
  #sessions: Session[] = [];

  constructor(stateDir: string) {
    this.#path = join(stateDir, LEDGER);
  }

  /** A `RunCommand` that enters what it starts. Only expendable programs: the others are gone within seconds. */
  recording(run: RunCommand): RunCommand {
    return async (tool, args, options = {}) => {
      if (!options.expendable) return run(tool, args, options);
      const before = new Set(childrenOf(process.pid).map(({ pid }) => pid));
      const running = run(tool, args, options);
      const begun = childrenOf(process.pid)
        .filter(({ pid }) => !before.has(pid))
        .map(({ pid, startTicks }): Session => ({ id: pid, startTicks }));
      this.#sessions.push(...begun);
      this.#write();
      try {
        return await running;
      } finally {
        this.#sessions = this.#sessions.filter((session) => !begun.includes(session));
        this.#write();
      }
    };
  }

  /** Says that the agent is alive; called every few seconds while something runs. */
  touch(): void {
    if (this.#sessions.length > 0) this.#write();
  }

  /**
   * Ends what an earlier agent left running, and forgets it. A session whose number has been given to somebody
   * else in the meantime is left alone.
   * @returns how many processes were killed.
   */
  endLeftovers(): number {
    const ledger = ledgerSchema.safeParse(readJson(this.#path));
    if (!ledger.success) return 0;
    const { sessions, uptimeS } = ledger.data;
    const lastTicks = (uptimeS + GRACE_S) * TICKS_PER_SECOND;
    const killed = new Set<number>();
    // Once more after the first round: a worker may have been forked in between.
    for (let round = 0; round < 2; round += 1) {
      const processes = allProcesses();
      for (const { id, startTicks } of sessions) {
        const leader = processes.find(({ pid }) => pid === id);
        if (leader !== undefined && leader.startTicks !== startTicks) continue;
        for (const { pid, session, startTicks: began } of processes) {
          if (session !== id || pid === process.pid) continue;
          if (leader === undefined && began > lastTicks) continue;
          if (kill(pid)) killed.add(pid);
        }
      }
    }
    this.#write();
    return killed.size;
  }

  #write(): void {
    try {
      writePrivate(this.#path, JSON.stringify({ sessions: this.#sessions, uptimeS: uptimeS() }));
    } catch {
      // A full disk costs the memory of a session, never the stage that runs in it.
    }
  }
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly startTicks: number;
}

function childrenOf(parent: number): Process[] {
  return allProcesses().filter((process) => process.parent === parent);
}

function allProcesses(): Process[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? statOf(Number(name)) : []));
  } catch {
    return [];
  }
}

/** Empty for a process that is gone or dead. */
function statOf(pid: number): Process[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may itself hold spaces and parentheses: what counts follows the last one.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state, parent, , session] = fields;
    if (state === "Z" || state === "X") return [];
    return [
      { pid, parent: Number(parent), session: Number(session), startTicks: Number(fields[19]) },
    ];
  } catch {
    return [];
  }
}

function uptimeS(): number {
  try {
    return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  } catch {
    return 0;
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
