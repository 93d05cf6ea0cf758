import { describe, expect, test } from "vitest";
import { readDisksInUse } from "../../../agent/tools/disk-usage.ts";
import { answering, fixture, hostTree } from "../fixture-host.ts";

const disk = (name: string, extra: object = {}) => ({ name, kname: name, type: "disk", ...extra });
const host = (...blockdevices: object[]) => answering({ lsblk: JSON.stringify({ blockdevices }) });

async function inUse(
  run: ReturnType<typeof answering>,
  files = hostTree({}),
  disks: readonly string[] = [],
) {
  return Object.fromEntries(await readDisksInUse({ run, files }, disks));
}

describe("a disk that must not be written to", () => {
  test("holds a mounted filesystem, on a partition or on itself", async () => {
    const part = { name: "sda1", kname: "sda1", type: "part", mountpoints: ["/boot/efi"] };
    const run = host(
      disk("sda", { children: [part] }),
      disk("sdb", { mountpoints: ["/srv"] }),
      disk("sdc"),
    );
    expect(await inUse(run)).toEqual({
      sda: "sda1 is mounted at /boot/efi",
      sdb: "sdb is mounted at /srv",
    });
  });

  test("holds swap", async () => {
    const part = { name: "sda2", kname: "sda2", type: "part", mountpoints: ["[SWAP]"] };
    expect(await inUse(host(disk("sda", { children: [part] })))).toEqual({ sda: "swap on sda2" });
  });

  test.each([
    ["raid1", "member of the RAID array md0"],
    ["lvm", "holds the active LVM volume md0"],
    ["crypt", "holds the open encrypted volume md0"],
    ["mpath", "path of the multipath device md0"],
  ])("carries an active %s volume, with every disk below it", async (type, reason) => {
    const volume = { name: "md0", kname: "md0", type };
    const run = host(
      disk("sda", { children: [volume] }),
      disk("sdb", { children: [volume] }),
      disk("sdc"),
    );
    expect(await inUse(run)).toEqual({ sda: reason, sdb: reason });
  });

  test("is mounted in the mount namespace of PID 1, by a name that is a link", async () => {
    const files = hostTree(
      { "/proc/1/mounts": "/dev/mapper/vg-root / ext4 rw 0 0\n" },
      { "/dev/mapper/vg-root": "/dev/dm-0" },
    );
    const volume = { name: "vg-root", kname: "dm-0", type: "part" };
    expect(await inUse(host(disk("sda", { children: [volume] })), files)).toEqual({
      sda: "mounted at /",
    });
  });

  test("stands in /proc/swaps or /proc/mdstat, though lsblk does not show it", async () => {
    const files = hostTree({
      "/proc/swaps": "Filename Type Size Used Priority\n/dev/sda partition 1 0 -2\n",
      "/proc/mdstat": "Personalities : [raid1]\nmd127 : inactive sdb[1](S)\n      10 blocks\n",
    });
    expect(await inUse(host(disk("sda"), disk("sdb"), disk("sdc")), files)).toEqual({
      sda: "swap",
      sdb: "member of the RAID array md127",
    });
  });

  test("has a holder in sysfs, or is the silent second disk of a mounted btrfs", async () => {
    const files = hostTree(
      {},
      {
        "/sys/class/block/sda/holders/bcache0": "/sys/block/bcache0",
        "/sys/fs/btrfs/0f-1/devices/sdb": "/sys/block/sdb",
      },
    );
    expect(await inUse(host(disk("sda"), disk("sdb")), files)).toEqual({
      sda: "held by bcache0",
      sdb: "part of a mounted btrfs",
    });
  });

  test("belongs to a ZFS pool, which leaves no trace but its signature", async () => {
    expect(Object.keys(await inUse(host(disk("sda", { fstype: "zfs_member" }))))).toEqual(["sda"]);
  });

  test("is a member of an array or a volume group that the live image has not assembled", async () => {
    const run = host(
      disk("sda", { fstype: "linux_raid_member" }),
      disk("sdb", { fstype: "LVM2_member" }),
      disk("sdc", { fstype: "isw_raid_member" }),
      disk("sdd", { fstype: "ext4" }),
    );
    expect(await inUse(run)).toEqual({
      sda: "sda: member of a RAID array",
      sdb: "sdb: member of an LVM volume group",
      sdc: "sdc: member of a RAID array",
    });
  });

  test("any disk at all, when lsblk cannot be read", async () => {
    expect(await inUse(answering({}), hostTree({}), ["sda"])).toEqual({
      sda: "cannot tell what is on it: lsblk is not installed.",
    });
  });

  test("any disk that lsblk does not speak of, though it exits 0", async () => {
    expect(await inUse(host(disk("sdb")), hostTree({}), ["sda", "sdb"])).toEqual({
      sda: "cannot tell what is on it: lsblk does not list it.",
    });
  });

  test("has a partition that only the kernel speaks of: mounted, or held by a volume", async () => {
    const files = hostTree(
      { "/proc/mounts": "/dev/sda1 / ext4 rw 0 0\n", "/sys/block/sdb/sdb2/size": "1" },
      { "/sys/class/block/sdb2/holders/dm-0": "/sys/block/dm-0" },
    );
    expect(await inUse(host(disk("sda"), disk("sdb")), files)).toEqual({
      sda: "mounted at /",
      sdb: "held by dm-0",
    });
  });

  test("the root disk of the machine that these fixtures come from", async () => {
    const run = answering({ lsblk: fixture("lsblk/virtio-root.json") });
    expect(await inUse(run)).toEqual({ vda: "vda is mounted at /" });
  });
});
