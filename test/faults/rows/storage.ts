import type { FaultRow } from "../fault-row.ts";
import { DISK, DISK_BLAME, kernelSaysDuring, SATA, SATA_BLAME, smart, when } from "./row-parts.ts";

const stage = "Storage";
const machine = "two-socket server";

/** fio as the real one prints it, by its own fake; then it says more and ends as it likes. */
function fioThen(more: string, exit: number) {
  return {
    first: `"$fake" "$@" | ${more}`,
    exit,
  };
}

/** Disks under load. */
export const STORAGE_FAULTS: readonly FaultRow[] = [
  {
    id: "disk-verify-bad-magic",
    fault: "fio verify: bad magic header",
    how: "fake tool",
    stage,
    destructive: true,
    before: (host) =>
      host.program("fio", {
        when: "--rw=randwrite",
        ...fioThen('sed \'s/"error": 0/"error": 84/\'', 1),
        stderr: `verify: bad magic header 8912, wanted acca at file /dev/${DISK} offset 196608, length 65536\nfio: pid=0, err=84/file:io_u.c:2105, func=io_u_sync_complete, error=Invalid or incomplete multibyte or wide character\n`,
      }),
    comes: "fail",
    says: ["fio on disk nvme0n1 write and verify ended with error 84", "bad magic header"],
    blames: DISK_BLAME,
  },
  {
    id: "disk-verify-exit-0",
    fault: "fio says that a block is not what was written, and exits 0 with error 0",
    how: "fake tool",
    stage,
    destructive: true,
    before: (host) =>
      host.program("fio", {
        when: "--rw=randwrite",
        ...fioThen("cat", 0),
        stderr: `md5: verify failed at file /dev/${DISK} offset 196608, length 65536 (requested block: offset=196608, length=65536, flags=8)\n`,
      }),
    comes: "fail",
    says: ["reported no error and said", "verify failed"],
    blames: DISK_BLAME,
  },
  {
    id: "disk-read-eio",
    fault: "a read comes back with an I/O error (EIO)",
    how: "fake tool",
    stage,
    before: (host) =>
      host.program("fio", {
        when: "--rw=randread",
        ...fioThen('sed \'s/"error": 0/"error": 5/\'', 1),
        stderr: `fio: io_u error on file /dev/${DISK}: Input/output error: read offset=0, buflen=4096\n`,
      }),
    comes: "fail",
    says: ["random read ended with error 5", "Input/output error"],
    blames: DISK_BLAME,
  },
  {
    id: "disk-no-bytes",
    fault: "fio ends in time, without error, having read nothing",
    how: "fake tool",
    stage,
    before: (host) =>
      host.alterJson("out/fio.json", (disks: Record<string, { iops: number }>) => {
        for (const disk of Object.values(disks)) disk.iops = 0;
      }),
    comes: "fail",
    says: ["disk nvme0n1 random read did no work at all"],
    blames: DISK_BLAME,
  },
  {
    id: "disk-early-end",
    fault: "fio is back 5 s early with exit 0",
    how: "fake tool",
    stage,
    profile: "deep",
    before: (host) =>
      host.program("fio", {
        when: "--rw=randread",
        first: 'set -- $(printf "%s\\n" "$@" | sed s/runtime=6/runtime=1/); "$fake" "$@"',
      }),
    comes: "fail",
    says: ["disk nvme0n1 random read ran", "of the 6 s asked for"],
    blames: DISK_BLAME,
  },
  {
    id: "disk-badblocks-exit-0",
    fault: "badblocks exits 0 with bad blocks found",
    how: "fake tool",
    stage,
    machine,
    destructive: true,
    before: (host) =>
      host.program("badblocks", {
        seconds: 3,
        stderr: "Pass completed, 16 bad blocks found. (0/0/16 errors)\n",
      }),
    comes: "fail",
    says: ["badblocks found 16 bad blocks on sda"],
    blames: SATA_BLAME,
  },
  {
    id: "disk-badblocks-too-fast",
    fault: "badblocks says at once that the whole disk is good",
    how: "fake tool",
    stage,
    machine,
    destructive: true,
    before: (host) =>
      host.program("badblocks", { stderr: "Pass completed, 0 bad blocks found. (0/0/0 errors)\n" }),
    comes: "fail",
    says: ["says that it wrote and read all of sda", "which no disk can"],
    blames: SATA_BLAME,
  },
  {
    id: "disk-io-error-in-log",
    fault: "the kernel retries an I/O error that fio never sees",
    how: "kernel log",
    stage,
    during: kernelSaysDuring(
      stage,
      "fio",
      `blk_update_request: I/O error, dev ${DISK}, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0`,
    ),
    comes: "fail",
    says: ["reported an I/O error", `dev ${DISK}`],
    blames: DISK_BLAME,
  },
  {
    id: "disk-nvme-timeout",
    fault: "the NVMe controller is down and is reset under load",
    how: "kernel log",
    stage,
    during: kernelSaysDuring(
      stage,
      "fio",
      "nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10",
    ),
    comes: "fail",
    says: ["controller is down"],
    blames: DISK_BLAME,
  },
  {
    id: "disk-smart-grew",
    fault: "the drive's media errors grow under load",
    how: "fake tool",
    stage,
    during: when(stage, "fio", (host) =>
      smart(host, DISK, (document) => {
        document.nvme_smart_health_information_log.media_errors = 5;
      }),
    ),
    comes: "fail",
    says: ["nvme0n1: 5 media errors"],
    blames: DISK_BLAME,
  },
  {
    id: "disk-no-capacity",
    fault: "a disk that reports no capacity any more",
    how: "fake tool",
    stage,
    machine,
    before: (host) =>
      host.alterJson(
        "out/lsblk.json",
        (lsblk: { blockdevices: { name: string; size: number }[] }) => {
          for (const device of lsblk.blockdevices) if (device.name === SATA) device.size = 0;
        },
      ),
    comes: "error",
    says: ["Disk sda (serial", "reports no capacity"],
    blames: SATA_BLAME,
  },
  {
    id: "disk-in-use",
    fault: "a disk that holds a mounted filesystem, in a run that may write",
    how: "fake sysfs",
    stage,
    destructive: true,
    before: (host) =>
      host.alter("root/proc/mounts", (text) => `${text}/dev/${DISK} /data ext4 rw,relatime 0 0\n`),
    comes: "gap",
    says: ["writing to nvme0n1", "Refused"],
  },
];
