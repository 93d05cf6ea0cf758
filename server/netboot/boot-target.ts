import type { NetbootClient } from "./netboot-client.ts";

/** What a client is sent to next. */
export type BootTarget =
  /** A file by TFTP, named as it lies in the boot directory. */
  | { readonly kind: "file"; readonly file: string }
  /** The same by HTTP: firmware that boots from a URL. */
  | { readonly kind: "url"; readonly url: string }
  /** iPXE is there already: its script. */
  | { readonly kind: "script"; readonly url: string }
  | { readonly kind: "none"; readonly why: string };

export interface BootTargetSources {
  /** `http://ADDRESS:PORT`; null while the lab listener has no address. */
  readonly labUrl: string | null;
  /** Whether the boot directory has this file. */
  readonly hasBootFile: (name: string) => boolean;
}

/**
 * Which of our boot programs a machine runs, the preferred one first. `snponly` drives the NIC through the firmware
 * that has just booted from it, so it works on every NIC of which that is true; `ipxe.efi` brings drivers of its own.
 */
const PROGRAMS: readonly {
  readonly archs: readonly number[];
  readonly files: readonly string[];
}[] = [
  { archs: [0], files: ["undionly.kpxe"] },
  { archs: [7, 9, 16], files: ["snponly.efi", "ipxe.efi"] },
  { archs: [11, 19], files: ["snponly-arm64.efi"] },
];

/** The architecture of a BIOS: the only one that the boot program's script calls `pcbios`. */
export const ARCH_BIOS = 0;

/**
 * The policy as a table: who boots what. An iPXE that knows HTTP gets the script, which ends the chain; one that does
 * not gets our build, which does.
 */
export function bootTargetOf(client: NetbootClient, sources: BootTargetSources): BootTarget {
  const { labUrl, hasBootFile } = sources;
  const byHttp = client.kind === "http" || (client.kind === "ipxe" && client.ipxeHttp);
  if (byHttp && labUrl === null)
    return { kind: "none", why: "The lab listener has no address yet to boot from." };
  if (client.kind === "ipxe" && client.ipxeHttp)
    return { kind: "script", url: scriptUrl(labUrl ?? "", client) };

  const files = PROGRAMS.find(({ archs }) => archs.includes(client.arch))?.files;
  // The HTTP boot of a BIOS (20) exists on paper; what BIOS programs there are come by TFTP.
  if (files === undefined || (client.kind === "http" && client.arch === ARCH_BIOS))
    return { kind: "none", why: `There is no boot program for ${client.platform}.` };
  const file = files.find(hasBootFile);
  if (file === undefined) {
    return {
      kind: "none",
      why: `${client.platform} boots with ${files.join(" or ")}, which the boot directory does not have.`,
    };
  }
  return client.kind === "http"
    ? { kind: "url", url: `${labUrl}/boot/${file}` }
    : { kind: "file", file };
}

/**
 * The script's URL says in plain text who asks: the request that is being answered has told, whereas not every iPXE
 * expands `${netX/mac}` in a file name that comes by DHCP. With the longest address it still fits `file`.
 */
function scriptUrl(labUrl: string, { mac, uuid, arch }: NetbootClient): string {
  const query = new URLSearchParams({ mac: mac.replaceAll(":", "-") });
  if (uuid !== null) query.set("uuid", uuid);
  query.set("platform", arch === ARCH_BIOS ? "pcbios" : "efi");
  return `${labUrl}/boot.ipxe?${query}`;
}
