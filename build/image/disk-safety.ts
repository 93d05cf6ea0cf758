/**
 * What could open a disk of the host unasked. Nothing of it may be in the image, not by way of an overlay either:
 * the disks belong to a machine whose owner wants them back as they were.
 */
const DANGERS: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*(-md-|mdadm)[^/]*\.rules$/, why: "assembles arrays" },
  { pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*lvm[^/]*\.rules$/, why: "activates volume groups" },
  { pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*dm[^/]*\.rules$/, why: "sets up device mapper" },
  { pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*btrfs[^/]*\.rules$/, why: "assembles btrfs" },
  { pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*bcache[^/]*\.rules$/, why: "attaches caches" },
  {
    pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*hdparm[^/]*\.rules$/,
    why: "changes disks' settings",
  },
  { pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*nvmf[^/]*\.rules$/, why: "connects to remote disks" },
  { pattern: /^usr\/lib\/udev\/rules\.d\/[^/]*(udisks|zfs|multipath)/, why: "takes disks over" },
  { pattern: /^usr\/lib\/systemd\/system-generators\/./, why: "may mount, swap or check disks" },
  { pattern: /^usr\/lib\/modules\/[^/]+\/kernel\/drivers\/md\//, why: "assembles arrays" },
  { pattern: /^(usr\/)?sbin\/(mdadm|lvm|dmsetup|zpool|multipathd|udisksctl)$/, why: "assembles" },
  { pattern: /^etc\/(fstab|crypttab)$/, why: "names mounts, swap or crypt devices" },
  { pattern: /^etc\/udev\/rules\.d\/[^/]*(-md-|mdadm|lvm|hdparm|multipath)/, why: "opens disks" },
];

export interface DiskDanger {
  readonly path: string;
  readonly why: string;
}

/** @param paths of the image's files, from its root and without a slash in front */
export function diskDangers(paths: Iterable<string>): DiskDanger[] {
  const found: DiskDanger[] = [];
  for (const path of paths) {
    const danger = DANGERS.find(({ pattern }) => pattern.test(path));
    if (danger !== undefined) found.push({ path, why: danger.why });
  }
  return found;
}
