import type { DoctorResponse } from "../../contract/console-api.ts";
import type { VettingConfig } from "../../contract/vetting-config.ts";

import type { OwnPorts } from "./doctor-deps.ts";

export type UdpServiceKey = "dhcp" | "pxe" | "tftp";

/** One UDP service of the console. */
export interface UdpService {
  readonly key: UdpServiceKey;
  /** For a sentence. */
  readonly name: string;
  readonly port: number;
  readonly on: boolean;
  /** Binds beside others who share: broadcasts reach them all, so a DHCP server on this machine is no obstacle. */
  readonly shared: boolean;
  readonly option: string;
  /** What a host misses without it. */
  readonly without: string;
}

export function servicesOf({ lab }: VettingConfig): UdpService[] {
  return [
    {
      key: "dhcp",
      name: "ProxyDHCP",
      port: lab.dhcpPort,
      on: lab.proxyDhcp,
      shared: true,
      option: "--dhcp-port",
      without: "no host is told to boot from here",
    },
    {
      key: "pxe",
      name: "the PXE boot server",
      port: lab.pxePort,
      on: lab.proxyDhcp,
      shared: false,
      option: "--pxe-port",
      without: "UEFI firmware does not learn its boot file",
    },
    {
      key: "tftp",
      name: "TFTP",
      port: lab.tftpPort,
      on: lab.tftp,
      shared: false,
      option: "--tftp-port",
      without: "no host can load its boot loader",
    },
  ];
}

/** What hosts use, with the ports that this console has; nothing runs while it has none. */
export function serviceRows(
  config: VettingConfig,
  own: OwnPorts | null,
): DoctorResponse["services"] {
  const lab = { id: "http", name: "Lab listener", protocol: "tcp", on: true } as const;
  return [
    { ...lab, port: own?.lab ?? null },
    ...servicesOf(config).map(({ key, on }) => ({
      id: key,
      name: SERVICE_NAMES[key],
      protocol: "udp" as const,
      port: own?.[key] ?? null,
      on,
    })),
  ];
}

const SERVICE_NAMES: Readonly<Record<UdpServiceKey, string>> = {
  dhcp: "ProxyDHCP",
  pxe: "PXE boot server",
  tftp: "TFTP",
};
