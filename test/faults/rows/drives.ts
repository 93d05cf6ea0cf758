import type { FaultRow } from "../fault-row.ts";
import { attribute, DISK, DISK_BLAME, SATA, SATA_BLAME, smart, smartExit } from "./row-parts.ts";

const stage = "SMART";
const machine = "two-socket server";

/** What drives say of themselves. */
export const DRIVE_FAULTS: readonly FaultRow[] = [
  {
    id: "smart-nvme-critical-warning",
    fault: "NVMe critical_warning bit 2 (reliability) set",
    how: "fake tool",
    stage,
    before: (host) =>
      smart(host, DISK, (document) => {
        document.nvme_smart_health_information_log.critical_warning = 4;
      }),
    comes: "fail",
    says: ["Critical warning 0x04", "reliability is degraded"],
    blames: DISK_BLAME,
  },
  {
    id: "smart-nvme-spare",
    fault: "NVMe spare capacity below its own threshold",
    how: "fake tool",
    stage,
    before: (host) =>
      smart(host, DISK, (document) => {
        document.nvme_smart_health_information_log.available_spare = 7;
      }),
    comes: "fail",
    says: ["Spare capacity is 7 %, below its threshold of 10 %"],
    blames: DISK_BLAME,
  },
  {
    id: "smart-nvme-media-errors",
    fault: "NVMe media errors: data that could not be given back",
    how: "fake tool",
    stage,
    before: (host) =>
      smart(host, DISK, (document) => {
        document.nvme_smart_health_information_log.media_errors = 2;
      }),
    comes: "fail",
    says: ["2 media errors"],
    blames: DISK_BLAME,
  },
  {
    id: "smart-worn",
    fault: "an SSD with 93 % of its endurance used up",
    how: "fake tool",
    stage,
    before: (host) =>
      smart(host, DISK, (document) => {
        document.nvme_smart_health_information_log.percentage_used = 93;
      }),
    comes: "warning",
    says: ["93 % of the rated endurance is used up"],
  },
  {
    id: "smart-no-answer",
    fault: "smartctl answers no SMART on a SATA disk",
    how: "fake tool",
    stage,
    machine,
    before: (host) =>
      smart(host, SATA, (document) => {
        for (const key of ["smart_status", "ata_smart_attributes", "ata_smart_data"]) {
          delete (document as never as Record<string, unknown>)[key];
        }
      }),
    comes: "error",
    says: [`${SATA}: It answers no SMART`],
    blames: SATA_BLAME,
  },
  {
    id: "smart-failing",
    fault: "the drive says of itself that it is failing (smartctl exit bit 3)",
    how: "fake tool",
    stage,
    machine,
    before: (host) => smartExit(host, SATA, 8),
    comes: "fail",
    says: [`${SATA}: The drive says of itself that it is failing`],
    blames: SATA_BLAME,
  },
  {
    id: "smart-prefail-past",
    fault: "an attribute that was below its threshold in the past (exit bit 5)",
    how: "fake tool",
    stage,
    machine,
    before: (host) => smartExit(host, SATA, 32),
    comes: "warning",
    says: [`${SATA}: An attribute was at or below its threshold at some time in the past`],
  },
  {
    id: "smart-pending",
    fault: "pending sectors (attribute 197)",
    how: "fake tool",
    stage,
    machine,
    before: (host) => smart(host, SATA, attribute(197, 8)),
    comes: "fail",
    says: [`${SATA}: 8 pending sectors (197)`],
    blames: SATA_BLAME,
  },
  {
    id: "smart-crc-grew",
    fault: "interface CRC errors grow during the self-test: cable or backplane",
    how: "fake tool",
    stage,
    machine,
    before: (host) => smart(host, SATA, attribute(199, 12), ["after"]),
    comes: "fail",
    says: ["12 more interface CRC errors (199: cable or backplane)"],
    blames: SATA_BLAME,
  },
  {
    id: "smart-self-test-failed",
    fault: "the drive's self-test ends with a read failure",
    how: "fake tool",
    stage,
    machine,
    before: (host) =>
      smart(
        host,
        SATA,
        (document) => {
          const [newest] = document.ata_smart_self_test_log.extended.table;
          if (newest === undefined) return;
          const status = { value: 121, string: "Completed: read failure", passed: false };
          newest.status = status;
          document.ata_smart_data.self_test.status = status;
          document.ata_smart_self_test_log.extended.error_count_total = 1;
        },
        ["after"],
      ),
    comes: "fail",
    says: [`${SATA}: its self-test failed`, "read failure"],
    blames: SATA_BLAME,
  },
  {
    id: "smart-self-test-endless",
    fault: "the drive's self-test never ends",
    how: "fake tool",
    stage,
    profile: "soak",
    before: (host) => {
      const running = `out/nvme/nvme0-self-test-log.running.json`;
      host.alter("out/nvme/nvme0-self-test-log.after.json", () => host.read(running));
    },
    comes: "error",
    says: [`${DISK}: its self-test did not end within 3 s`],
  },
  {
    id: "smart-gone-after-test",
    fault: "a drive that cannot be opened any more after its self-test",
    how: "fake tool",
    stage,
    machine,
    during: [
      {
        stage,
        tool: "smartctl",
        afterMs: 2500,
        does: ({ host }) => host.alter(`out/smartctl/${SATA}.before.json`, null),
      },
    ],
    profile: "quick",
    comes: "error",
    says: [SATA, "failed"],
    blames: SATA_BLAME,
  },
];
