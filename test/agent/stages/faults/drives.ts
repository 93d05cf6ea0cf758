import { ataDisk, nvmeDisk } from "../../tools/smart-json.ts";
import { SATA } from "../fault-host.ts";
import { type Row, smarts } from "./fault-row.ts";

export const DRIVES_FAULTS: readonly Row[] = [
  [
    "Inventory",
    "lsblk leaves out a disk",
    { texts: { "/sys/block/sdx/size": "9" } },
    "gap",
    /Disk sdx .*lsblk does not list/,
  ],
  [
    "Inventory",
    "a disk without capacity, which lsblk never lists",
    { texts: { "/sys/block/sdx/size": "0" } },
    "gap",
    /Disk sdx .*no capacity/,
  ],
  [
    "SMART",
    "exit bit 3: the disk is failing",
    { answers: { smartctl: JSON.stringify(ataDisk({ exitStatus: 8 })) } },
    "fail",
    /failing/,
  ],
  [
    "SMART",
    "exit bit 4: an attribute is below its threshold",
    { answers: { smartctl: JSON.stringify(ataDisk({ exitStatus: 16 })) } },
    "fail",
    /threshold/,
  ],
  [
    "SMART",
    "exit bits 0 and 1: not opened",
    { answers: { smartctl: JSON.stringify(ataDisk({ exitStatus: 2 })) } },
    "error",
    /could not be opened/,
  ],
  [
    "SMART",
    "exit bit 5: below the threshold in the past",
    { answers: { smartctl: JSON.stringify(ataDisk({ exitStatus: 32 })) } },
    "warning",
    /in the past/,
  ],
  [
    "SMART",
    "exit bit 6: the error log grew",
    { answers: { smartctl: smarts(ataDisk({}), ataDisk({ exitStatus: 64, errorLog: 1 })) } },
    "fail",
    /1 more error log/,
  ],
  [
    "SMART",
    "exit bit 6 comes up while nothing was counted before",
    {
      answers: {
        smartctl: smarts(
          { ...ataDisk({}), ata_smart_error_log: null },
          ataDisk({ exitStatus: 64, errorLog: 1 }),
        ),
      },
    },
    "fail",
    /did not have at the start/,
  ],
  [
    "SMART",
    "exit bit 7: a failed self-test is new",
    {
      answers: {
        smartctl: smarts(
          ataDisk({}),
          ataDisk({ exitStatus: 128, selfTestLog: [{ lifetime_hours: 1, passed: false }] }),
        ),
      },
    },
    "fail",
    /1 more failed self-tests/,
  ],
  [
    "SMART",
    "a counter that goes backwards",
    { answers: { smartctl: smarts(ataDisk({ attributes: { 5: "9" } }), ataDisk({})) } },
    "warning",
    /9 reallocated sectors .*at the start, 0 at the end/,
  ],
  [
    "SMART",
    "a SATA disk without SMART",
    { answers: { smartctl: JSON.stringify({ smartctl: { exit_status: 4 } }) } },
    "error",
    /sda: It answers no SMART/,
  ],
  [
    "SMART",
    "a self-test that does not begin",
    {
      answers: { smartctl: JSON.stringify(ataDisk({})) },
      context: { params: { selfTest: "short", selfTestTimeoutSeconds: 60 } },
    },
    "error",
    /did not begin/,
  ],
  ...[0, 1, 2, 3, 4].map(
    (bit): Row => [
      "SMART",
      `NVMe critical warning bit ${bit}`,
      {
        answers: {
          lsblk: SATA.replace('"tran":"sata"', '"tran":"nvme"'),
          smartctl: JSON.stringify(nvmeDisk({ critical_warning: 1 << bit })),
        },
      },
      "fail",
      /Critical warning 0x/,
    ],
  ),
];
