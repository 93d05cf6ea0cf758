import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the tests of one run keep things. `npm run test:netboot` makes the folders and says where they are. */
export interface LabFolders {
  /** Disks, leases, sockets: gone when the run is over. */
  readonly work: string;
  /** What everything said: stays until the next run. */
  readonly logs: string;
}

export const WORK_VARIABLE = "VETTING_NETBOOT_WORK";
export const LOGS_VARIABLE = "VETTING_NETBOOT_LOGS";
export const LEASES_FILE = "dnsmasq.leases";

/** @throws outside of a lab, where these tests cannot run */
export function labFolders(): LabFolders {
  const { [WORK_VARIABLE]: work, [LOGS_VARIABLE]: logs } = process.env;
  if (work === undefined || logs === undefined) {
    throw new Error("These tests need the lab that npm run test:netboot builds around them.");
  }
  return { work, logs };
}

/** The addresses that the lab's DHCP server gave to a NIC: iPXE and the live image may have got one each. */
export function leasedAddresses(mac: string): string[] {
  const leases = readFileSync(join(labFolders().work, LEASES_FILE), "utf8").split("\n");
  // Each line: expiry, MAC, address, name, client id.
  return leases.flatMap((line) => {
    const [, owner, address] = line.split(" ");
    return owner === mac && address !== undefined ? [address] : [];
  });
}
