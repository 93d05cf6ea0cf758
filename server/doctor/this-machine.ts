import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bindError } from "../lab/bind-port.ts";
import { readClock } from "../lab/clock-facts.ts";
import { findProgram } from "../lab/find-program.ts";
import { readFirewall } from "../lab/firewall-facts.ts";
import { listInterfaces } from "../lab/interfaces.ts";
import { createPortOwners } from "../lab/port-owners.ts";
import { readPrivilege } from "../lab/privilege-facts.ts";
import { probeWire, rememberWire } from "../lab/wire-probe.ts";
import type { MachineDeps } from "./doctor-deps.ts";

/**
 * A page asks every half minute, and a DHCP server that is asked may fall silent for everybody for three seconds
 * (dnsmasq pings an address before it offers it): the wire is listened to again only after this long, in ms.
 */
const WIRE_FRESH_MS = 10 * 60_000;

/** The real machine. It remembers what was heard on the wire until `forgetWire`. */
export function thisMachine(): MachineDeps & { readonly forgetWire: () => void } {
  const memory = rememberWire(probeWire, Date.now, WIRE_FRESH_MS);
  return {
    platform: process.platform,
    interfaces: () => listInterfaces(),
    bindError: oneAtATime(bindError),
    ownersOfPort: createPortOwners(),
    privilege: () => readPrivilege(),
    firewall: (interfaceName) => readFirewall(interfaceName),
    clock: () => readClock(),
    wire: memory.wire,
    forgetWire: memory.forget,
    iperf3: () => findProgram("iperf3"),
  };
}

/** Two checks that try the same port must not find each other. */
function oneAtATime<A, R>(work: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (argument) => {
    const next = last.then(() => work(argument));
    last = next.catch(() => {});
    return next;
  };
}

/** The process of the console that holds a data directory, by the file that it keeps there; null when it is gone. */
export function consoleOf(
  dataDir: string,
  isAlive: (pid: number) => boolean = lives,
): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDir, "console.pid"), "utf8"), 10);
    return Number.isInteger(pid) && pid !== process.pid && isAlive(pid) ? pid : null;
  } catch {
    return null;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, and lives.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
