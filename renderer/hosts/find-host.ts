import type { HostSummary } from "../../contract/console-api.ts";

/** A label's code is long enough to be one when its end alone names a host. */
const LEAST_SERIAL = 5;

type Findable = Pick<HostSummary, "name" | "serial" | "macs" | "notes" | "vendor" | "product">;

/** Case, spaces and the marks between a MAC's bytes say nothing. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s:.-]/g, "");
}

/** What is printed on a host and names it: serial, MACs, its name; an asset tag is a word of its notes. */
function codesOf({ name, serial, macs, notes }: Findable): string[] {
  return [name, serial ?? "", ...macs, ...notes.split(/[\s,;]+/)]
    .map(plain)
    .filter((code) => code !== "");
}

/**
 * The one host that a scanned or typed code names, or null when none or several do. Some makers print a prefix before
 * the serial (`S`, `1S` and the product): then the code's end decides.
 */
export function findHost<Host extends Findable>(hosts: Iterable<Host>, code: string): Host | null {
  const wanted = plain(code);
  if (wanted === "") return null;
  const all = [...hosts];
  const exact = all.filter((host) => codesOf(host).includes(wanted));
  if (exact.length > 0) return exact.length === 1 ? exact[0]! : null;
  const ending = all.filter(({ serial }) => {
    const known = plain(serial ?? "");
    return known.length >= LEAST_SERIAL && wanted.endsWith(known);
  });
  return ending.length === 1 ? ending[0]! : null;
}

/** Whether every word of a query stands somewhere in what is known of the host. */
export function matchesQuery(host: Findable, query: string): boolean {
  const { name, vendor, product, serial, notes, macs } = host;
  const known = [name, vendor, product, serial, notes, ...macs].join(" ").toLowerCase();
  const plainKnown = plain(known);
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => known.includes(word) || plainKnown.includes(plain(word)));
}

const MAC = /^([0-9a-f]{2}[:.-]?){5}[0-9a-f]{2}$/i;

/** The MAC address that a code is, with colons, or null. */
export function macOf(code: string): string | null {
  const text = code.trim();
  return MAC.test(text) ? (plain(text).match(/../g) ?? []).join(":") : null;
}
