import type { DoctorCheck, DoctorResponse } from "../../contract/console-api.ts";
import { checkAddress } from "./check-address.ts";
import { checkAgent } from "./check-agent.ts";
import { checkClock } from "./check-clock.ts";
import { checkDhcpServer } from "./check-dhcp-server.ts";
import { checkDisk } from "./check-disk.ts";
import { checkFirewall } from "./check-firewall.ts";
import { checkImage } from "./check-image.ts";
import { checkInterface } from "./check-interface.ts";
import { checkIperf } from "./check-iperf.ts";
import { checkIpxe } from "./check-ipxe.ts";
import { checkLabPort } from "./check-lab-port.ts";
import { checkPrivilege } from "./check-privilege.ts";
import { checkRivalNetboot } from "./check-rival-netboot.ts";
import { checkRivalTftp } from "./check-rival-tftp.ts";
import { checkUdpPort } from "./check-udp-port.ts";
import { checkVersions } from "./check-versions.ts";
import type { CheckTitle, DoctorDeps } from "./doctor-deps.ts";
import { inTime } from "./patience.ts";
import { serviceRows } from "./services.ts";

export type { DoctorDeps, MachineDeps, OwnPorts } from "./doctor-deps.ts";

interface Check extends CheckTitle {
  readonly look: (deps: DoctorDeps) => DoctorCheck | Promise<DoctorCheck>;
}

/** Every check, in the order in which a technician would look. */
const CHECKS: readonly Check[] = [
  { id: "address", title: "Lab address", look: checkAddress },
  { id: "interface", title: "Lab interface", look: checkInterface },
  { id: "privilege", title: "Low ports", look: checkPrivilege },
  { id: "port-tcp-lab", title: "Lab port (TCP)", look: checkLabPort },
  { id: "port-udp-dhcp", title: "ProxyDHCP port (UDP)", look: checkUdpPort("dhcp") },
  { id: "port-udp-pxe", title: "PXE boot server port (UDP)", look: checkUdpPort("pxe") },
  { id: "port-udp-tftp", title: "TFTP port (UDP)", look: checkUdpPort("tftp") },
  { id: "dhcp-server", title: "DHCP server of the lab", look: checkDhcpServer },
  { id: "rival-netboot", title: "Other boot servers", look: checkRivalNetboot },
  { id: "rival-tftp", title: "Other TFTP servers", look: checkRivalTftp },
  { id: "firewall", title: "Firewall", look: checkFirewall },
  { id: "image", title: "Live image", look: checkImage },
  { id: "ipxe", title: "Boot loaders (iPXE)", look: checkIpxe },
  { id: "agent", title: "Agent", look: checkAgent },
  { id: "iperf3", title: "Network test peer", look: checkIperf },
  { id: "disk", title: "Free disk space", look: checkDisk },
  { id: "clock", title: "Clock", look: checkClock },
  { id: "versions", title: "Versions", look: (it) => checkVersions(it.consoleVersion) },
];

/** What a check gets above the answer's own patience before it counts as stuck, in ms. */
const CHECK_GRACE_MS = 6000;

/**
 * Looks at everything that can be in the way, all at once. Binds ports for an instant and asks the lab's wire as a
 * booting machine would; changes nothing. A check that breaks down is a row that says so.
 */
export async function runDoctor(
  deps: DoctorDeps,
  timeoutMs: number = deps.patienceMs + CHECK_GRACE_MS,
): Promise<DoctorResponse> {
  const [checks, interfaces, image] = await Promise.all([
    Promise.all(CHECKS.map((check) => outcome(check, deps, timeoutMs))),
    Promise.resolve(deps.interfaces()).catch(() => []),
    imageOf(deps).catch(() => null),
  ]);
  return {
    ok: checks.every(({ status }) => status !== "fail"),
    checkedAt: new Date().toISOString(),
    checks,
    labUrl: deps.labUrl(),
    image,
    services: serviceRows(deps.config, deps.ownPorts()),
    version: deps.consoleVersion,
    interfaces,
  };
}

/** Whether it is whole is a check's matter; this only names it. */
async function imageOf({ bootFiles, patienceMs }: DoctorDeps): Promise<DoctorResponse["image"]> {
  const report = await inTime(bootFiles(), patienceMs);
  if (report?.kind !== "checked") return null;
  const { builtAt = null, distribution = null } = report.manifest;
  return { builtAt, distribution };
}

async function outcome(
  { id, title, look }: Check,
  deps: DoctorDeps,
  timeoutMs: number,
): Promise<DoctorCheck> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    const why = new Error(`it did not end within ${Math.round(timeoutMs / 1000)} s`);
    timer = setTimeout(() => reject(why), timeoutMs);
  });
  try {
    return await Promise.race([Promise.resolve(deps).then(look), stuck]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const detail = `This check itself broke down: ${why}. What it looks after is not known.`;
    return { id, title, status: "fail", detail, mend: null };
  } finally {
    clearTimeout(timer);
  }
}
