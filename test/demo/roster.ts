import { edgeNode, type HostFacts, rackServer } from "./host/facts.ts";

export type Scenario = "healthy" | "hot-cpu" | "bad-disk" | "tool-lies" | "verify-failure";

/** A simulated host and its story. */
export interface RosterEntry {
  readonly facts: HostFacts;
  readonly scenario: Scenario;
  /**
   * `vetted`: a run is started at once. `idle`: online, waits for the operator. `silent`: was registered and is off
   * since. `unknown`: has no reporter; it only asked for a boot script.
   */
  readonly role: "vetted" | "idle" | "silent" | "unknown";
  /** One line for the greeting. */
  readonly story: string;
}

export const ROSTER: readonly RosterEntry[] = [
  {
    facts: edgeNode({ hostname: "orion", number: 1 }),
    scenario: "healthy",
    role: "vetted",
    story: "a healthy edge node: passes",
  },
  {
    facts: rackServer({ hostname: "vega", number: 2 }),
    scenario: "hot-cpu",
    role: "vetted",
    story: "its cooler has come loose: holds in CPUStress",
  },
  {
    facts: rackServer({ hostname: "altair", number: 3, failingDisk: true }),
    scenario: "bad-disk",
    role: "vetted",
    story: "the drive in slot 01 is dying: holds in SMART",
  },
  {
    facts: rackServer({ hostname: "lyra", number: 4 }),
    scenario: "tool-lies",
    role: "vetted",
    story: "stress-ng reports bit errors and exits 0: holds in CPUStress all the same",
  },
  {
    facts: rackServer({ hostname: "rigel", number: 5 }),
    scenario: "healthy",
    role: "idle",
    story: "healthy and idle: yours to start",
  },
  {
    facts: rackServer({ hostname: "deneb", number: 6 }),
    scenario: "verify-failure",
    role: "silent",
    story: "switched off: start it with wake, and fio finds a fault and exits 0",
  },
  {
    facts: edgeNode({ hostname: "new-machine", number: 7 }),
    scenario: "healthy",
    role: "unknown",
    story: "fresh from the factory: only its MAC is known",
  },
];
