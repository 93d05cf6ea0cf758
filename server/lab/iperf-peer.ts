export interface IperfPeer {
  readonly host: string;
  readonly port: number;
}

/** Where an iperf3 server listens unless told otherwise [iperf3(1)]. */
export const IPERF_DEFAULT_PORT = 5201;

/** Reads `host`, `host:port` or `[IPv6]:port`; null when it is none of them. */
export function parseIperfPeer(text: string): IperfPeer | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return null;
  const port = match?.[3] === undefined ? IPERF_DEFAULT_PORT : Number(match[3]);
  return port >= 1 && port <= 65535 ? { host, port } : null;
}
