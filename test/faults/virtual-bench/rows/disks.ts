import type { VirtualRow } from "../rig/virtual-row.ts";

export const NVME_FAILING: VirtualRow = {
  id: "nvme-critical-warning",
  fault: "An NVMe drive says of itself that it is failing",
  how: "QMP qom-set smart_critical_warning 4 on the running machine",
  stage: "SMART",
  comes: "fail",
  words: /critical warning 0x04.*reliability is degraded/i,
  part: /^disk nvme0n1 .*NVME$/,
};

export const BAD_SECTOR: VirtualRow = {
  id: "disk-bad-sector",
  fault: "A sector of a disk cannot be read",
  how: "blkdebug fails a read of one sector with EIO",
  stage: "Storage",
  comes: "fail",
  words: /vd[a-z]\b.*(I\/O error|Input\/output error)/,
  part: /^disk vd[a-z] .*BLANK$/,
};

/** What a destructive run must leave alone; the disk itself is whole. */
export const REFUSALS: readonly VirtualRow[] = [
  {
    id: "refuse-mounted",
    fault: "Somebody has mounted a disk of the host: nothing is written to it",
    how: "mount, over SSH, while the run is held",
    stage: "Storage",
    comes: "gap",
    words: /^writing to vd[a-z]: Refused: vd[a-z] is mounted at \/mnt/,
  },
  {
    id: "refuse-swap",
    fault: "A disk of the host is in use as swap: nothing is written to it",
    how: "swapon, over SSH, while the run is held",
    stage: "Storage",
    comes: "gap",
    words: /^writing to vd[a-z]: Refused: swap on vd[a-z]\./,
  },
  {
    id: "refuse-lvm",
    fault: "A disk belongs to a volume group: nothing is written to it",
    how: "a disk with the label of an LVM physical volume",
    stage: "Storage",
    comes: "gap",
    words: /^writing to vd[a-z]: Refused: vd[a-z]: member of an LVM volume group\./,
  },
  {
    id: "refuse-raid",
    fault: "A disk is half of a mirror: nothing is written to it",
    how: "a disk with an md superblock",
    stage: "Storage",
    comes: "gap",
    words: /^writing to vd[a-z]: Refused: vd[a-z]: member of a RAID array\./,
  },
];
