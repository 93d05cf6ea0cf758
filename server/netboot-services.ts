import type { VettingConfig } from "../contract/vetting-config.ts";
import type { BootFiles } from "./boot-files.ts";
import type { AddressBook } from "./netboot/address-book.ts";
import { isProbeMac } from "./netboot/dhcp-probe.ts";
import { autoexecScript } from "./netboot/ipxe-script.ts";
import { type ProxyDhcpEvent, startProxyDhcp } from "./netboot/proxy-dhcp-server.ts";
import { startTftpServer, type TftpEvent } from "./netboot/tftp-server.ts";
import type { RunService } from "./run/service.ts";

export interface NetbootServicesDeps {
  readonly lab: VettingConfig["lab"];
  readonly labUrl: () => string | null;
  readonly bootFiles: Pick<BootFiles, "loader" | "resolve">;
  readonly addresses: AddressBook;
  readonly service: Pick<RunService, "mayNetboot" | "noteSighting">;
  readonly warn: (text: string) => void;
}

/** Ports of the services that listen; null for one that is switched off or could not bind. */
export interface NetbootPorts {
  readonly dhcp: number | null;
  readonly pxe: number | null;
  readonly tftp: number | null;
}

export interface NetbootServices {
  readonly ports: NetbootPorts;
  close(): Promise<void>;
}

export const NO_NETBOOT: NetbootServices = {
  ports: { dhcp: null, pxe: null, tftp: null },
  close: async () => {},
};

const AUTOEXEC = "autoexec.ipxe";

/**
 * ProxyDHCP and TFTP on the lab address. What they see becomes the boot timeline of enrolled hosts; everybody else is
 * met with silence and listed as discovered. A service that cannot bind does not stop the console: the doctor says why.
 */
export async function startNetbootServices(deps: NetbootServicesDeps): Promise<NetbootServices> {
  const { lab, labUrl, bootFiles, service, warn } = deps;
  if (lab.address === null) return NO_NETBOOT;
  const proxy = lab.proxyDhcp
    ? await startProxyDhcp({
        labAddress: lab.address,
        dhcpPort: lab.dhcpPort,
        pxePort: lab.pxePort,
        labUrl,
        hasBootFile: (name) => bootFiles.resolve(name) !== null,
        mayBoot: ({ mac }) => service.mayNetboot(mac),
        onEvent: (event) => noteDhcp(deps, event),
        warn,
      })
    : null;
  const tftp = lab.tftp
    ? await startTftpServer({
        address: lab.address,
        port: lab.tftpPort,
        file: (name) => tftpFile(name, labUrl(), bootFiles),
        onEvent: (event) => noteTftp(deps, event),
        warn,
      })
    : null;
  return {
    ports: {
      dhcp: proxy?.dhcpPort ?? null,
      pxe: proxy?.pxePort ?? null,
      tftp: tftp?.port ?? null,
    },
    async close() {
      await Promise.all([proxy?.close(), tftp?.close()]);
    },
  };
}

/** Only boot loaders go over TFTP, and the script that a newer iPXE looks for beside them. */
function tftpFile(
  name: string,
  labUrl: string | null,
  bootFiles: Pick<BootFiles, "loader">,
): Uint8Array | null {
  if (name === AUTOEXEC) return labUrl === null ? null : Buffer.from(autoexecScript(labUrl));
  return bootFiles.loader(name);
}

function noteDhcp(
  { service, addresses }: Pick<NetbootServicesDeps, "service" | "addresses">,
  event: ProxyDhcpEvent,
): void {
  if (event.kind === "address") {
    addresses.remember(event.address, event.mac);
    return;
  }
  const { mac, uuid, platform, kind } = event.client;
  // A doctor that looks for rivals is no machine of the lab's.
  if (isProbeMac(mac)) return;
  const speaker = kind === "ipxe" ? "ipxe" : "firmware";
  const who = kind === "ipxe" ? `iPXE, ${platform}` : platform;
  service.noteSighting({ mac, uuid, platform, speaker, ...wordsOf(event, who) });
}

function wordsOf(
  event: Exclude<ProxyDhcpEvent, { kind: "address" }>,
  who: string,
): { step: "discover" | "offer" | "problem"; detail: string } {
  switch (event.kind) {
    case "discover":
      return { step: "discover", detail: `DISCOVER (${who})` };
    case "offer": {
      const port = event.via === "pxe" ? " on the PXE port" : "";
      return {
        step: "offer",
        detail: `${withoutQuery(event.bootFile)}${port} (${who})`,
      };
    }
    case "unsupported":
      return { step: "problem", detail: event.why };
  }
}

function noteTftp(
  { service, addresses }: Pick<NetbootServicesDeps, "service" | "addresses">,
  event: TftpEvent,
): void {
  const mac = addresses.macOf(event.address);
  if (mac === null || event.kind === "probe") return;
  const machine = { mac, uuid: null, platform: null, speaker: "firmware" } as const;
  const file = event.file.slice(0, 200);
  if (event.kind === "completed") {
    service.noteSighting({ ...machine, step: "boot_file", detail: `${file} (TFTP)` });
    return;
  }
  // Newer loaders look for files that need not be there; only what we serve and could not deliver is a problem.
  if (event.kind === "failed") {
    const detail = `TFTP of ${file} failed: ${event.why}`;
    service.noteSighting({ ...machine, step: "problem", detail });
  }
}

function withoutQuery(url: string): string {
  return url.split("?", 1)[0] ?? url;
}
