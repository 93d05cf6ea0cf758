import { DHCP_SERVER_ADDRESS } from "./lab-network.ts";

/**
 * The command line of the lab's own DHCP server, which knows nothing of us: plain leases, no next-server, no boot
 * file, no PXE options. In the field it is a router or whatever the building has.
 */
export function dhcpServerCommand(leasesFile: string): string[] {
  return [
    "dnsmasq",
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--user=root",
    "--pid-file=",
    // No DNS.
    "--port=0",
    "--interface=eth0",
    "--bind-interfaces",
    "--dhcp-range=10.77.0.100,10.77.0.199,255.255.255.0,1h",
    `--dhcp-option=option:router,${DHCP_SERVER_ADDRESS}`,
    "--dhcp-authoritative",
    // A machine that asks for its lease again gets it without a ping first: emulated ones are slow enough.
    "--no-ping",
    `--dhcp-leasefile=${leasesFile}`,
    "--log-dhcp",
    "--log-facility=-",
  ];
}
