import type { AgentConfig } from "./config.ts";
import type { HostFiles } from "./tools/command.ts";
import { toldByMaker } from "./tools/dmidecode.ts";

/** How a technician tells this machine from the next one in the rack. */
export interface HostIdentity {
  /** Its name in the console; null before the claim. */
  readonly name: string | null;
  readonly mac: string;
  readonly serial: string | null;
  readonly product: string | null;
}

/** By the kernel's copy of the DMI strings: no program has to be run for it. */
export async function readIdentity(
  { mac }: Pick<AgentConfig, "mac">,
  files: HostFiles,
): Promise<HostIdentity> {
  const [serial, product] = await Promise.all([
    files.readText("/sys/class/dmi/id/product_serial"),
    files.readText("/sys/class/dmi/id/product_name"),
  ]);
  return { name: null, mac, serial: toldByMaker(serial), product: toldByMaker(product) };
}
