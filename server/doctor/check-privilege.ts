import type { DoctorCheck } from "../../contract/console-api.ts";
import { FIRST_UNPRIVILEGED_PORT, type PrivilegeFacts } from "../lab/privilege-facts.ts";
import type { DoctorDeps } from "./doctor-deps.ts";
import { servicesOf } from "./services.ts";

/** May this user bind the low ports that netbooting is tied to? */
export function checkPrivilege({
  config,
  privilege,
}: Pick<DoctorDeps, "config" | "privilege">): DoctorCheck {
  const check = { id: "privilege", title: "Low ports" };
  const low = servicesOf(config).filter(
    ({ on, port }) => on && port > 0 && port < FIRST_UNPRIVILEGED_PORT,
  );
  if (low.length === 0) {
    const detail =
      "No service that is switched on has a port below 1024, so no privilege is needed.";
    return { ...check, status: "ok", detail, mend: null };
  }
  const ports = low.map(({ port }) => port);
  const facts = privilege();
  const named = `UDP ${[...new Set(ports)].join(" and ")}`;
  if (mayBind(facts, ports)) {
    return { ...check, status: "ok", detail: `This user may bind ${named}.`, mend: null };
  }
  const detail = `This user may not bind ${named}, and firmware asks nowhere else: no host can netboot from here.`;
  return { ...check, status: "fail", ...privilegeMend(facts, ports, detail) };
}

/** By the system's own rules; whether another program is in the way is another question. */
export function mayBind(facts: PrivilegeFacts, ports: readonly number[]): boolean {
  if (facts.mayBindLowPorts === true) return true;
  // macOS lets everybody bind low ports, but on all addresses only; the services know that.
  if (facts.platform === "darwin" || facts.platform === "win32") return true;
  const start = facts.unprivilegedPortStart ?? FIRST_UNPRIVILEGED_PORT;
  return ports.every((port) => port >= start);
}

/** Firmware's own lowest port: the start of what is opened, so that 67 and 69 are mended in one go. */
const LOWEST_NEEDED = 67;
const SYSCTL_FILE = "/etc/sysctl.d/60-vetting.conf";

/** The exact mend for this system. */
export function privilegeMend(
  { platform, unit, unprivilegedPortStart }: PrivilegeFacts,
  ports: readonly number[],
  problem: string,
): { detail: string; mend: string } {
  if (platform !== "linux") {
    return { detail: problem, mend: "Start the console as administrator" };
  }
  if (unit !== null) {
    const folder = `/etc/systemd/system/${unit}.d`;
    const setting = String.raw`[Service]\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n`;
    return {
      detail: `${problem} It runs as ${unit}, which systemd can give the right to (CAP_NET_BIND_SERVICE).`,
      mend: `sudo mkdir -p ${folder} && printf '${setting}' | sudo tee ${folder}/low-ports.conf && sudo systemctl daemon-reload && sudo systemctl restart ${unit}`,
    };
  }
  const from = Math.min(LOWEST_NEEDED, ...ports);
  const now = unprivilegedPortStart ?? FIRST_UNPRIVILEGED_PORT;
  return {
    detail: `${problem} On this system ports below ${now} are privileged (net.ipv4.ip_unprivileged_port_start); the mend opens those from ${from} up to every local user, and lasts.`,
    mend: `echo net.ipv4.ip_unprivileged_port_start=${from} | sudo tee ${SYSCTL_FILE} && sudo sysctl -p ${SYSCTL_FILE}`,
  };
}
