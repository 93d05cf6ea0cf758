import type { DoctorCheck } from "../../contract/console-api.ts";
import type { HeardServer, WireReport } from "../lab/wire-probe.ts";
import { privilegeMend } from "./check-privilege.ts";
import type { CheckTitle, DoctorDeps } from "./doctor-deps.ts";
import { inTime } from "./patience.ts";

export type WireDeps = Pick<
  DoctorDeps,
  "config" | "interfaces" | "wire" | "privilege" | "patienceMs"
>;
export type Listened = Extract<WireReport, { kind: "listened" }>;

/** What was heard on the wire, or the row that says why nothing could be. */
export async function heardOnWire(
  check: CheckTitle,
  { config, interfaces, wire, privilege, patienceMs }: WireDeps,
): Promise<{ report: Listened; labAddress: string } | DoctorCheck> {
  const quiet = (detail: string): DoctorCheck => ({ ...check, status: "warn", detail, mend: null });
  const { address } = config.lab;
  const lab = (await interfaces()).find((it) => it.address === address);
  if (address === null || lab === undefined) {
    return quiet("Without a lab address on this machine there is no wire to listen on.");
  }
  // On loopback there is nobody but this machine.
  if (lab.internal)
    return { report: { kind: "listened", servers: [], tftp: [] }, labAddress: address };
  const report = await inTime(wire(address), patienceMs);
  if (report === null) {
    return quiet(
      "Still listening: some DHCP servers take three seconds to answer. Check again in a moment.",
    );
  }
  if (report.kind === "listened") return { report, labAddress: address };
  const unasked = "so who else answers on this wire is not known.";
  if (report.code === "EACCES") {
    const problem = `This user may not bind ${report.what}, ${unasked}`;
    return { ...check, status: "warn", ...privilegeMend(privilege(), [PROBE_PORT], problem) };
  }
  const busy = report.code === "EADDRINUSE" ? "another program keeps it to itself" : report.code;
  return quiet(`${report.what} cannot be bound (${busy}), ${unasked}`);
}

/** Where offers come to [RFC 2131 section 4.1]. */
const PROBE_PORT = 68;

/** Distinct boot files of a server that lead away from this console: `pxelinux.0 from 10.20.0.9`. */
export function strangeBootFiles({ address, offers }: HeardServer, labAddress: string): string[] {
  const files = offers.flatMap(({ bootFile, nextServer }) => {
    if (bootFile === null || leadsHere(bootFile, nextServer, labAddress)) return [];
    const from = bootFile.includes("://") ? "" : ` from ${nextServer ?? address}`;
    return [`${quoted(bootFile)}${from}`];
  });
  return [...new Set(files)];
}

/** Does this server send hosts to this console, as an operator sets it up who leaves ProxyDHCP off? */
export function sendsHere({ offers }: HeardServer, labAddress: string): boolean {
  return offers.some(
    ({ bootFile, nextServer }) => bootFile !== null && leadsHere(bootFile, nextServer, labAddress),
  );
}

function leadsHere(bootFile: string, nextServer: string | null, labAddress: string): boolean {
  const host = /^[a-z][a-z0-9+.-]*:\/\/([^/:]+)/i.exec(bootFile)?.[1];
  return (host ?? nextServer) === labAddress;
}

/** Text from the wire, for a sentence: printable and not endless. */
export function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "?").slice(0, 80)}"`;
}

export function listed(items: readonly string[]): string {
  return items.join(" and ");
}
