import { createHash } from "node:crypto";
import type { NetworkPeers } from "../run/ports.ts";
import { findProgram } from "./find-program.ts";
import { type IperfPeer, parseIperfPeer } from "./iperf-peer.ts";
import { IperfServer } from "./iperf-server.ts";
import { boundSockets } from "./socket-table.ts";

export interface NetworkPeersOptions {
  readonly labAddress: () => string | null;
  /** `iperfPeer`: a server that the lab runs, or null. `iperfPort`: the first port for servers of our own; 0 takes free ones. */
  readonly network: () => { readonly iperfPeer: string | null; readonly iperfPort: number };
  /** With port 0: consoles on one machine that have different seeds (data directories) keep apart. */
  readonly portSeed?: string;
  /** Told of a server that died and is started again. */
  readonly warn?: (message: string) => void;
  /** Speed of this machine's link to the hosts, in Mbit/s; null when it is not known. */
  readonly linkMbps?: () => number | null;
  /** All hosts are simulated: their tests share no wire. */
  readonly simulated?: boolean;
  /** Where iperf3 lies; null when it is missing. */
  readonly iperf3?: () => string | null;
}

export interface ClosablePeers extends NetworkPeers {
  /** Ends every server; settles when all of them are gone. */
  close(): Promise<void>;
}

/** From here on no service has a registered port [RFC 6335]. */
const FIRST_FREE_PORT = 49152;
const LAST_PORT = 65535;
/** Runs have their ports side by side in a stretch of this many. */
const PORTS_A_CONSOLE = 64;

/** The far ends of the Network stage: one iperf3 server a run, since a server takes one test at a time. */
export function createNetworkPeers(options: NetworkPeersOptions): ClosablePeers {
  const { labAddress, network, warn = () => {} } = options;
  const iperf3 = options.iperf3 ?? (() => findProgram("iperf3"));
  const configured = () => {
    const { iperfPeer } = network();
    return iperfPeer === null ? null : parseIperfPeer(iperfPeer);
  };
  const servers = new Map<number, { peer: IperfPeer; server: IperfServer }>();
  const ending = new Set<Promise<void>>();

  const start = (runId: number): IperfPeer | null => {
    const host = labAddress();
    const program = iperf3();
    if (host === null || program === null) return null;
    const port = freePort(runId);
    if (port === null) return null;
    const peer = { host, port };
    servers.set(runId, { peer, server: new IperfServer(program, peer, warn) });
    return peer;
  };

  const freePort = (runId: number): number | null => {
    const taken = new Set([
      ...boundSockets("tcp").map(({ port }) => port),
      // A server that was started just now may not listen yet.
      ...[...servers.values()].map(({ peer }) => peer.port),
    ]);
    const { iperfPort } = network();
    const firstPort = iperfPort === 0 ? seededPort(options.portSeed ?? "") : iperfPort;
    const free = (port: number) => !taken.has(port);
    // By the run's number: a console that was restarted starts the same server again, which the agent was told of.
    const wanted = firstPort + ((runId - 1) % PORTS_A_CONSOLE);
    return [...range(wanted, LAST_PORT), ...range(firstPort, wanted)].find(free) ?? null;
  };

  const release = (runId: number) => {
    const entry = servers.get(runId);
    if (entry === undefined) return;
    servers.delete(runId);
    const ended = entry.server.stop().finally(() => ending.delete(ended));
    ending.add(ended);
  };

  return {
    // A run that has a server of ours keeps it, whatever the settings say by now.
    acquire: (runId) => servers.get(runId)?.peer ?? configured() ?? start(runId),
    release,
    linkMbps() {
      if (options.simulated === true) return Number.POSITIVE_INFINITY;
      // A server that the lab runs takes one test at a time [iperf3(1)], whatever its link carries.
      return configured() === null ? (options.linkMbps?.() ?? null) : null;
    },
    async close() {
      for (const runId of [...servers.keys()]) release(runId);
      await Promise.all(ending);
    },
  };
}

/** The first port of a stretch that the seed picks among the unregistered ones. */
function seededPort(seed: string): number {
  const stretches = Math.floor((LAST_PORT - FIRST_FREE_PORT) / PORTS_A_CONSOLE);
  const stretch = createHash("sha256").update(seed).digest().readUInt32BE() % stretches;
  return FIRST_FREE_PORT + stretch * PORTS_A_CONSOLE;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
