import type { DoctorCheck, DoctorResponse } from "../../contract/console-api.ts";

export interface ServiceState {
  readonly name: string;
  readonly check: DoctorCheck | null;
}

/** What a lab needs of the console, and the doctor's check that tells whether it runs. */
const SERVICES = [
  { name: "ProxyDHCP", checkId: "port-udp-dhcp" },
  { name: "TFTP", checkId: "port-udp-tftp" },
  { name: "HTTP", checkId: "port-tcp-lab" },
  { name: "Image", checkId: "image" },
] as const;

/** How the services stand; a check that the doctor does not name is null: not known. */
export function servicesOf({ checks }: Pick<DoctorResponse, "checks">): ServiceState[] {
  return SERVICES.map(({ name, checkId }) => ({
    name,
    check: checks.find(({ id }) => id === checkId) ?? null,
  }));
}

/** How many checks fail, and how many only warn. */
export function troubles({ checks }: Pick<DoctorResponse, "checks">): {
  readonly fail: number;
  readonly warn: number;
} {
  const count = (status: DoctorCheck["status"]) => checks.filter((c) => c.status === status).length;
  return { fail: count("fail"), warn: count("warn") };
}
