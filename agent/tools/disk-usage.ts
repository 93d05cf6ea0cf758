import type { HostFiles } from "./command.ts";
import { type BlockDevice, readBlockDevices } from "./lsblk.ts";
import { failureText, type ToolContext } from "./tool-result.ts";

/**
 * What claims whole disks without a trace in lsblk's tree: file systems of several disks, and members of arrays and
 * volume groups that nobody has assembled. The live image assembles none (build/image/disk-safety.ts), so there the
 * signature is all that speaks for them, and data that other disks hold too would be lost with theirs.
 */
const CLAIMED_SIGNATURES: ReadonlyMap<string, string> = new Map([
  ["zfs_member", "member of a ZFS pool"],
  ["ceph_bluestore", "Ceph storage"],
  ["drbd", "DRBD volume"],
  ["LVM2_member", "member of an LVM volume group"],
  ["LVM1_member", "member of an LVM volume group"],
  ["bcache", "member of a bcache"],
]);

/**
 * The disks that must not be written to, by kernel name, each with its reason. Four independent
 * witnesses are asked, and one of them is enough: lsblk's tree, the kernel's mount and swap tables
 * (of PID 1 too: this process may live in a mount namespace of its own), /proc/mdstat and the
 * `holders` in sysfs. A disk that lsblk does not speak of counts as in use.
 * @param disks the kernel names that are asked about.
 */
export async function readDisksInUse(
  ctx: ToolContext & { readonly files: HostFiles },
  disks: readonly string[],
): Promise<Map<string, string>> {
  const reading = await readBlockDevices(ctx);
  const why = reading.kind === "ok" ? "lsblk does not list it." : failureText(reading);
  const devices = reading.kind === "ok" ? reading.value : [];
  const inUse = await disksInUse(devices, ctx.files);
  const listed = new Set(devices.map(({ kname }) => kname));
  for (const disk of disks) {
    if (!listed.has(disk)) inUse.set(disk, `cannot tell what is on it: ${why}`);
  }
  return inUse;
}

/** The same over a tree that was read already. */
export async function disksInUse(
  devices: readonly BlockDevice[],
  files: HostFiles,
): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  const disksOf = diskIndex(devices);
  const claim = (device: string, reason: string) => {
    // A partition that lsblk left out is known by its name: rather one disk too many than one too few.
    const disks =
      disksOf.get(device) ?? [...disksOf.keys()].filter((disk) => device.startsWith(disk));
    for (const disk of disks) if (!reasons.has(disk)) reasons.set(disk, reason);
  };
  for (const disk of devices) {
    for (const device of family(disk)) {
      const reason = reasonOf(device);
      if (reason !== null) claim(device.kname, reason);
    }
  }
  for (const { device, reason } of await tableEntries(files)) {
    claim(await kernelName(files, device), reason);
  }
  for (const member of await raidMembers(files)) claim(member.device, member.reason);
  const partitions = await Promise.all(devices.map(({ kname }) => partitionsOf(files, kname)));
  for (const device of new Set([...disksOf.keys(), ...partitions.flat()])) {
    const holders = await holdersOf(files, device);
    if (holders.length > 0) claim(device, `held by ${holders.join(", ")}`);
  }
  return reasons;
}

function reasonOf(device: BlockDevice): string | null {
  // The shortest: bind mounts of its folders say less than the place where it is mounted.
  const [point] = device.mountpoints.toSorted((a, b) => a.length - b.length);
  if (point === "[SWAP]") return `swap on ${device.name}`;
  if (point !== undefined) return `${device.name} is mounted at ${point}`;
  if (/^(raid|md|linear)/.test(device.type)) return `member of the RAID array ${device.name}`;
  if (device.type === "lvm") return `holds the active LVM volume ${device.name}`;
  if (device.type === "crypt") return `holds the open encrypted volume ${device.name}`;
  if (device.type === "mpath") return `path of the multipath device ${device.name}`;
  if (device.type === "dm") return `holds the device-mapper volume ${device.name}`;
  const fstype = device.fstype ?? "";
  // linux_raid_member, and those of the firmware RAIDs: isw_raid_member, ddf_raid_member …
  const signature = /_raid_member$/.test(fstype)
    ? "member of a RAID array"
    : CLAIMED_SIGNATURES.get(fstype);
  return signature === undefined ? null : `${device.name}: ${signature}`;
}

/** For every device in the tree, the disks below it: several for an array. */
function diskIndex(devices: readonly BlockDevice[]): ReadonlyMap<string, ReadonlySet<string>> {
  const index = new Map<string, Set<string>>();
  for (const disk of devices) {
    for (const { kname } of family(disk)) {
      index.set(kname, (index.get(kname) ?? new Set()).add(disk.kname));
    }
  }
  return index;
}

function family(device: BlockDevice): readonly BlockDevice[] {
  return [device, ...device.children.flatMap(family)];
}

interface Claim {
  readonly device: string;
  readonly reason: string;
}

async function tableEntries(files: HostFiles): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const table of ["/proc/mounts", "/proc/1/mounts"]) {
    for (const [device, point] of await tableRows(files, table)) {
      if (device?.startsWith("/dev/") && point !== undefined) {
        claims.push({ device, reason: `mounted at ${point}` });
      }
    }
  }
  for (const [device] of await tableRows(files, "/proc/swaps")) {
    if (device?.startsWith("/dev/")) claims.push({ device, reason: "swap" });
  }
  // A btrfs over several disks is mounted by the name of one of them only.
  for (const uuid of await files.list("/sys/fs/btrfs")) {
    for (const device of await files.list(`/sys/fs/btrfs/${uuid}/devices`)) {
      claims.push({ device, reason: "part of a mounted btrfs" });
    }
  }
  return claims;
}

async function tableRows(files: HostFiles, path: string): Promise<readonly string[][]> {
  const text = (await files.readText(path)) ?? "";
  return text.split("\n").map((line) => line.trim().split(/\s+/));
}

/** `/dev/mapper/vg-root` and `/dev/disk/by-uuid/…` are links to the kernel's own names. */
async function kernelName(files: HostFiles, device: string): Promise<string> {
  const target = (await files.resolveLink(device)) ?? device;
  return target.split("/").at(-1) ?? target;
}

/** Assembled arrays, inactive ones too: the kernel holds their members either way. */
async function raidMembers(files: HostFiles): Promise<readonly Claim[]> {
  const text = (await files.readText("/proc/mdstat")) ?? "";
  return text.split("\n").flatMap((line): Claim[] => {
    const array = /^(md\S*)\s*:/.exec(line)?.[1];
    if (array === undefined) return [];
    const members = [...line.matchAll(/(\S+?)\[\d+\]/g)].flatMap((match) => match[1] ?? []);
    return members.map((device) => ({ device, reason: `member of the RAID array ${array}` }));
  });
}

/** As the kernel has them, whether lsblk lists them or not. */
async function partitionsOf(files: HostFiles, disk: string): Promise<readonly string[]> {
  return (await files.list(`/sys/block/${disk}`)).filter((name) => name.startsWith(disk));
}

async function holdersOf(files: HostFiles, device: string): Promise<readonly string[]> {
  return files.list(`/sys/class/block/${device}/holders`);
}
