import type { FaultRow } from "../fault-row.ts";
import type { LabHost } from "../lab-host.ts";
import { when } from "./row-parts.ts";

const stage = "PSU";
const SDR = "out/ipmitool/sdr-elist.txt";

/** One row of the BMC's list of sensors says something else, from now on. */
function sdr(host: LabHost, name: string, status: string, reading: string): void {
  const row = new RegExp(`^(${name} *\\| \\S+ \\|) \\S+ *(\\| *\\S+ \\|).*$`, "m");
  host.alter(SDR, (text) => text.replace(row, `$1 ${status}  $2 ${reading}`));
}

/** An entry of the BMC's event log. */
function logs(host: LabHost, id: number, sensor: string, event: string): void {
  host
    .alter("out/ipmitool/sel-info.txt", (text) =>
      text.replace(/^Entries.*$/m, `Entries          : ${id}`),
    )
    .alter(
      "out/ipmitool/sel-csv.txt",
      (text) => `${text}${id},06/04/2026,09:00:00,${sensor},${event},Asserted\n`,
    );
}

/** Power supplies, rails, fans and the BMC. */
export const POWER_FAULTS: readonly FaultRow[] = [
  {
    id: "psu-sel-redundancy",
    fault: "SEL grew by a PSU redundancy lost event",
    how: "BMC",
    stage,
    during: when("Burn", "stress-ng", (host) =>
      logs(host, 2, "Power Supply #0x88", "Redundancy Lost"),
    ),
    comes: "fail",
    says: ["The BMC logged since the burn began", "Redundancy Lost"],
  },
  {
    id: "psu-sel-ac-lost",
    fault: "SEL grew by a power supply that lost its AC input, and has it again",
    how: "BMC",
    stage,
    during: when("Burn", "stress-ng", (host) =>
      logs(host, 2, "Power Supply #0x81", "Power Supply AC lost"),
    ),
    comes: "fail",
    says: ["Power Supply AC lost"],
    blames: { part: "power supply", slot: "PSU2" },
  },
  {
    id: "psu-rail-low",
    fault: "12 V rail more than 5 % low",
    how: "BMC",
    stage,
    before: (host) => sdr(host, "12V Rail", "ok", "11.38 Volts"),
    comes: "fail",
    says: ["12V Rail is 11.38 V, outside 11.4 to 12.6 V"],
    blames: { part: "power rail", slot: "12V Rail" },
  },
  {
    id: "psu-rail-sagged",
    fault: "12 V rail sagged in the burn and recovered",
    how: "BMC",
    stage,
    during: [
      ...when("Burn", "stress-ng", (host) => sdr(host, "12V Rail", "ok", "11.10 Volts")),
      {
        stage: "GPU",
        does: ({ host }) =>
          host.restore(SDR).alter(SDR, (text) => text.replace("11.10 Volts", "12.10 Volts")),
      },
    ],
    comes: "fail",
    says: ["In the burn 12V Rail is 11.1 V"],
    blames: { part: "power rail", slot: "12V Rail" },
  },
  {
    id: "psu-rail-marginal",
    fault: "12 V rail just inside its 5 %",
    how: "BMC",
    stage,
    before: (host) => sdr(host, "12V Rail", "ok", "11.42 Volts"),
    comes: "marginal",
    says: ["12V Rail is 11.42 V, marginal: 3.3 % inside"],
  },
  {
    id: "psu-fan-stopped",
    fault: "fan at 0 rpm below its own lower critical",
    how: "BMC",
    stage,
    before: (host) => sdr(host, "Fan3", "cr", "0 RPM"),
    comes: "fail",
    says: ["Fan3 is beyond its critical limit: 0 rpm"],
    blames: { part: "fan", slot: "Fan3" },
  },
  {
    id: "psu-failed",
    fault: "power supply with a failure detected, beside the word ok",
    how: "BMC",
    stage,
    before: (host) => sdr(host, "PSU1 Status", "ok", "Presence detected, Failure detected"),
    comes: "fail",
    says: ["PSU1 Status: Failure detected"],
    blames: { part: "power supply", slot: "PSU1" },
  },
  {
    id: "psu-redundancy",
    fault: "redundancy degraded, beside the word ok",
    how: "BMC",
    stage,
    before: (host) => sdr(host, "PS Redundancy", "ok", "Redundancy Degraded"),
    comes: "fail",
    says: ["PS Redundancy: Redundancy Degraded"],
  },
  {
    id: "psu-bmc-gone",
    fault: "a BMC that answered at Inventory and does not any more",
    how: "BMC",
    stage,
    during: [{ stage: "GPU", does: ({ host }) => host.alter("out/ipmitool", null) }],
    comes: "error",
    says: ["The BMC answered at Inventory and does not any more"],
    evidence: ["dmesg", "interfaces"],
  },
  {
    id: "psu-rails-unwatched",
    fault: "a BMC that shows no rail while the host burns",
    how: "BMC",
    stage,
    during: [
      {
        stage: "Burn",
        does: ({ host }) => host.alter(SDR, (text) => text.replaceAll(/^.*Rail.*\n/gm, "")),
      },
      {
        stage: "GPU",
        does: ({ host }) =>
          host
            .restore(SDR)
            .alter(SDR, (text) => `${text}12V Rail | 60h | ok  |  7.1 | 12.05 Volts\n`),
      },
    ],
    comes: "gap",
    says: ["rails in Burn", "No rail was sampled under load"],
  },
  {
    id: "psu-sel-cleared",
    fault: "the event log was cleared in the burn, with a failure logged since",
    how: "BMC",
    stage,
    before: (host) =>
      host.alter("out/ipmitool/sel-info.txt", (text) =>
        text.replace(/^Entries.*$/m, "Entries          : 9"),
      ),
    during: when("Burn", "stress-ng", (host) =>
      logs(host, 2, "Power Supply #0x80", "Failure detected"),
    ),
    comes: "fail",
    says: ["Failure detected"],
    blames: { part: "power supply", slot: "PSU1" },
  },
];
