import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import {
  PROBE_CLIENTS,
  type ProbeClient,
  type ProbeOffer,
  probeDiscover,
  probeMac,
  readProbeOffer,
} from "../netboot/dhcp-probe.ts";
import { ipv4Number } from "../netboot/ipv4.ts";
import { probeTftp } from "./tftp-probe.ts";

/** A server that offered something, with all that it offered. */
export interface HeardServer {
  readonly address: string;
  /** `dhcp` hands out addresses, and perhaps a boot file with them; `proxy` tells only what to boot. */
  readonly role: "dhcp" | "proxy";
  readonly offers: readonly (Omit<ProbeOffer, "xid" | "server"> & {
    readonly client: ProbeClient;
  })[];
}

export type WireReport =
  | {
      readonly kind: "listened";
      readonly servers: readonly HeardServer[];
      /** Addresses named by those servers where a TFTP server answered. */
      readonly tftp: readonly string[];
    }
  /** The system refused what the probe needs. */
  | { readonly kind: "refused"; readonly what: string; readonly code: string };

export interface WireProbeOptions {
  readonly destination?: { readonly address: string; readonly port: number };
  readonly clientPort?: number;
  readonly tftpPort?: number;
  readonly windowMs?: number;
  readonly repeatMs?: number;
  readonly quietMs?: number;
}

/**
 * How long an OFFER may take, in ms. dnsmasq pings an address for three seconds before it offers it for the first time
 * (measured: 3.0 s; at once when asked again within 30 s), and blocks all its other answers meanwhile.
 */
const WINDOW_MS = 4500;
/** With a DHCP server heard, others still have this long after the last word; firmware itself waits no longer. */
const QUIET_MS = 800;
/** A DISCOVER may be lost: it is sent once more, in ms after the first. */
const REPEAT_MS = 1000;
const EVERYONE = { address: "255.255.255.255", port: 67 };
/** RFC 2131 section 4.1 */
const CLIENT_PORT = 68;

/**
 * Asks the lab's wire, as a machine that boots would, who hands out addresses and boot files. The socket on port 68 is
 * shared with this machine's own DHCP client: Linux delivers a broadcast to both.
 */
export async function probeWire(
  labAddress: string,
  options: WireProbeOptions = {},
): Promise<WireReport> {
  const { clientPort = CLIENT_PORT, tftpPort = 69 } = options;
  const sockets: Socket[] = [];
  try {
    // A socket on the NIC's address hears no broadcasts; only such a one sends them by that NIC.
    const receiving = await bound(sockets, "0.0.0.0", clientPort);
    // macOS refuses low ports on a single address to everybody but root; servers answer to 68 all the same.
    const sending = await bound(sockets, labAddress, clientPort).catch(() =>
      bound(sockets, labAddress, 0),
    );
    sending.setBroadcast(true);
    const offers = await listen(labAddress, receiving, sending, options);
    const servers = byServer(offers);
    const tftp = await probeTftp(labAddress, placesOf(servers, labAddress), { port: tftpPort });
    return { kind: "listened", servers, tftp };
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return { kind: "refused", what: `UDP ${clientPort}`, code };
  } finally {
    for (const socket of sockets) socket.close();
  }
}

/**
 * Remembers a report for `freshMs`, so that a page may ask often; calls meanwhile share one probe. `forget` lets go of
 * a report, never of a probe under way.
 */
export function rememberWire(
  probe: (labAddress: string) => Promise<WireReport>,
  now: () => number,
  freshMs: number,
): { readonly wire: (labAddress: string) => Promise<WireReport>; readonly forget: () => void } {
  let known: { labAddress: string; endedAt: number | null; report: Promise<WireReport> } | null =
    null;
  const wire = (labAddress: string) => {
    const stale = known !== null && known.endedAt !== null && now() - known.endedAt >= freshMs;
    if (known === null || stale || known.labAddress !== labAddress) {
      const entry = { labAddress, endedAt: null as number | null, report: probe(labAddress) };
      entry.report
        .finally(() => {
          entry.endedAt = now();
        })
        .catch(() => {});
      known = entry;
    }
    return known.report;
  };
  const forget = () => {
    if (known !== null && known.endedAt !== null) known = null;
  };
  return { wire, forget };
}

type Heard = ProbeOffer & { readonly client: ProbeClient };

function listen(
  labAddress: string,
  receiving: Socket,
  sending: Socket,
  {
    destination = EVERYONE,
    windowMs = WINDOW_MS,
    repeatMs = REPEAT_MS,
    quietMs = QUIET_MS,
  }: WireProbeOptions,
): Promise<Heard[]> {
  const asked = new Map(PROBE_CLIENTS.map((client) => [randomBytes(4).readUInt32BE(), client]));
  const mac = probeMac(labAddress);
  const offers: Heard[] = [];
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const end = () => {
      for (const timer of [atLast, again]) clearTimeout(timer);
      if (quiet !== null) clearTimeout(quiet);
      resolve(offers);
    };
    const failed = (error: Error | null) => {
      if (error === null) return;
      end();
      reject(error);
    };
    let quiet: NodeJS.Timeout | null = null;
    const hear = (bytes: Uint8Array, { address }: { address: string }) => {
      const offer = readProbeOffer(bytes, address);
      const client = offer === null ? undefined : asked.get(offer.xid);
      if (offer === null || client === undefined) return;
      const { server } = offer;
      if (offers.some((it) => it.server === server && it.client === client)) return;
      offers.push({ ...offer, client });
      if (!offers.some((it) => it.address !== null)) return;
      if (quiet !== null) clearTimeout(quiet);
      // Not before those who missed the first DISCOVER could answer the second.
      const earliest = startedAt + repeatMs + quietMs - performance.now();
      quiet = setTimeout(end, Math.max(quietMs, earliest));
    };
    const ask = () => {
      for (const [xid, client] of asked) {
        sending.send(
          probeDiscover(client, xid, mac),
          destination.port,
          destination.address,
          failed,
        );
      }
    };
    for (const socket of [receiving, sending]) socket.on("message", hear).on("error", failed);
    const atLast = setTimeout(end, windowMs);
    const again = setTimeout(ask, repeatMs);
    ask();
  });
}

function byServer(offers: readonly Heard[]): HeardServer[] {
  const servers = new Map<string, Heard[]>();
  for (const offer of offers)
    servers.set(offer.server, [...(servers.get(offer.server) ?? []), offer]);
  return [...servers].map(([address, own]) => ({
    address,
    role: own.some((offer) => offer.address !== null) ? "dhcp" : "proxy",
    offers: own.map(({ xid: _xid, server: _server, ...offer }) => offer),
  }));
}

/** Where a host might be sent for a boot file. Names are not looked up: a host's resolver is not ours. */
function placesOf(servers: readonly HeardServer[], labAddress: string): string[] {
  const named = servers.flatMap(({ address, offers }) => [
    address,
    ...offers.flatMap(({ nextServer }) => nextServer ?? []),
  ]);
  return [...new Set(named)].filter((it) => it !== labAddress && ipv4Number(it) !== null);
}

function bound(sockets: Socket[], address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}
