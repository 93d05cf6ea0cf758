import { networkInterfaces } from "node:os";
import type { DoctorResponse } from "../../contract/console-api.ts";

type Interfaces = DoctorResponse["interfaces"];

/** Every IPv4 address of this machine; the ones that hosts can reach first. */
export function listInterfaces(found: typeof networkInterfaces = networkInterfaces): Interfaces {
  return Object.entries(found())
    .flatMap(([name, addresses = []]) =>
      addresses
        .filter(({ family }) => family === "IPv4")
        .map(({ address, mac, internal }) => ({ name, address, mac, internal })),
    )
    .sort((a, b) => Number(a.internal) - Number(b.internal));
}
