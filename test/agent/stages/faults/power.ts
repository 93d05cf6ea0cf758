import { fixture } from "../../fixture-host.ts";
import { burnt, INVENTORY, SDR } from "../fault-host.ts";
import type { Row } from "./fault-row.ts";

export const POWER_FAULTS: readonly Row[] = [
  [
    "PSU",
    "the state column says ok beside lost redundancy",
    {
      answers: { "ipmitool sdr elist all": SDR.replace("Fully Redundant", "Redundancy Degraded") },
    },
    "fail",
    /Redundancy Degraded/,
  ],
  [
    "PSU",
    "two supplies of different kinds",
    {
      answers: {
        "ipmitool sdr elist all": SDR.replace(
          "Presence detected",
          "Presence detected, Config Error",
        ),
      },
    },
    "fail",
    /Config Error/,
  ],
  [
    "PSU",
    "a rail that sagged in the burn and recovered",
    { context: { burnReadings: () => burnt(11.1) } },
    "fail",
    /In the burn P12V is 11.1 V/,
  ],
  [
    "PSU",
    "a burn in which no rail was sampled",
    { context: { burnReadings: () => new Map() } },
    "gap",
    /rails in Burn/,
  ],
  [
    "PSU",
    "an event log that was cleared in the burn",
    {
      answers: {
        "ipmitool sel info": "Entries : 1\n",
        "ipmitool -c sel list":
          "1,11/23/2026,10:00:00,Power Supply #0x52,Failure detected,Asserted\n",
      },
      context: { burnReadings: () => burnt(12.1, 9) },
    },
    "fail",
    /Failure detected/,
  ],
  [
    "PSU",
    "new events that cannot be read",
    { answers: { "ipmitool sel info": "Entries : 3\n", "ipmitool -c sel list": { exitCode: 1 } } },
    "gap",
    /grew by 3/,
  ],
  [
    "PSU",
    "no BMC",
    {
      answers: {
        "ipmitool sdr elist all": { stderr: fixture("ipmitool/no-device.stderr.txt"), exitCode: 1 },
      },
    },
    "gap",
    /no IPMI device/,
  ],
  [
    "PSU",
    "a BMC that answered at Inventory and does not now",
    {
      answers: {
        "ipmitool sdr elist all": { stderr: fixture("ipmitool/no-device.stderr.txt"), exitCode: 1 },
      },
      context: {
        inventory: {
          ...INVENTORY,
          bmc: { vendor: null, firmware: "1.2", ipmiVersion: null, address: null },
        },
      },
    },
    "error",
    /does not any more/,
  ],
];
