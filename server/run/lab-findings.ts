import type { DoctorCheck } from "../../contract/console-api.ts";
import type { PreflightFinding } from "../../contract/start-api.ts";

/** Checks of the doctor without which a host does not reach its agent. The disk is asked where a start is refused. */
const NEEDED_TO_BOOT = new Set([
  "address",
  "interface",
  "privilege",
  "port-tcp-lab",
  "port-udp-dhcp",
  "port-udp-pxe",
  "port-udp-tftp",
  "dhcp-server",
  "rival-netboot",
  "rival-tftp",
  "firewall",
  "image",
  "ipxe",
  "agent",
]);
/** Of these, what only warns the doctor already spoils a run. */
const SPOILS_WHEN_IT_WARNS = new Set(["address", "image", "agent", "iperf3", "disk"]);

/** What of the console and its lab stands in the way of a run. A warning: such a start is not refused. */
export function labFindings(checks: readonly DoctorCheck[]): PreflightFinding[] {
  return checks
    .filter(
      ({ id, status }) =>
        (status === "fail" && NEEDED_TO_BOOT.has(id)) ||
        (status !== "ok" && SPOILS_WHEN_IT_WARNS.has(id)),
    )
    .map(({ id, title, detail, mend }) => ({
      id,
      level: "warn",
      text: `${title}: ${detail}`,
      mend,
    }));
}
