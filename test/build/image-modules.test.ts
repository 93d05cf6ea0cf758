import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readCommentedList } from "../../build/image/commented-list.ts";
import { diskDangers } from "../../build/image/disk-safety.ts";
import {
  chooseModules,
  firmwareOf,
  readModuleDependencies,
} from "../../build/image/kernel-modules.ts";
import { inRoot } from "../../build/root-dir.ts";

const MODULES_DEP = `kernel/drivers/net/mdio.ko:
kernel/drivers/net/ethernet/a/a.ko: kernel/drivers/net/mdio.ko kernel/lib/crc.ko
kernel/drivers/net/ethernet/ab.ko:
kernel/drivers/md/md-mod.ko:
kernel/lib/crc.ko:
`;

describe("which kernel modules are kept", () => {
  const dependencies = readModuleDependencies(MODULES_DEP);

  test("those at or below a wanted path, with all that they need", () => {
    const { kept } = chooseModules(dependencies, ["drivers/net/ethernet/a"]);
    expect([...kept].sort()).toEqual([
      "kernel/drivers/net/ethernet/a/a.ko",
      "kernel/drivers/net/mdio.ko",
      "kernel/lib/crc.ko",
    ]);
  });

  test("a wanted path without a module is named: the driver may have moved", () => {
    expect(chooseModules(dependencies, ["drivers/gone", "lib"]).unmatched).toEqual([
      "drivers/gone",
    ]);
  });

  test("the firmware that a module asks for stands in its .modinfo", () => {
    const module = Buffer.from(
      "ELF\0license=GPL\0firmware=bnx2/a.fw\0x\0firmware=b*.bin\0end",
      "latin1",
    );
    expect(firmwareOf(module)).toEqual(["bnx2/a.fw", "b*.bin"]);
    expect(firmwareOf(Buffer.from("no firmware=here"))).toEqual([]);
  });

  test.each(["modules.txt", "initrd-modules.txt"])(
    "%s wants no md, no device mapper, no watchdog and no radio",
    (name) => {
      const wanted = readCommentedList(readFileSync(inRoot("build/image", name), "utf8"));
      const forbidden =
        /^drivers\/(md|watchdog|net\/wireless|bluetooth)(\/|$)|^drivers(\/net)?$|^kernel/;
      expect(wanted.filter((path) => forbidden.test(path))).toEqual([]);
    },
  );

  test("the initrd has no driver for a disk: until the image runs, the host's disks do not exist", () => {
    const wanted = readCommentedList(
      readFileSync(inRoot("build/image/initrd-modules.txt"), "utf8"),
    );
    const disks = /^drivers\/(ata|nvme|scsi|usb|mmc|block\/(?!loop)|message)/;
    expect(wanted.filter((path) => disks.test(path))).toEqual([]);
  });
});

describe("nothing in an image may open a host's disks by itself", () => {
  test.each([
    "usr/lib/udev/rules.d/64-md-raid-assembly.rules",
    "usr/lib/udev/rules.d/69-lvm.rules",
    "usr/lib/udev/rules.d/55-dm.rules",
    "usr/lib/udev/rules.d/64-btrfs-dm.rules",
    "usr/lib/udev/rules.d/85-hdparm.rules",
    "usr/lib/udev/rules.d/70-nvmf-autoconnect.rules",
    "usr/lib/systemd/system-generators/systemd-gpt-auto-generator",
    "usr/lib/systemd/system-generators/systemd-fstab-generator",
    "usr/lib/modules/6.1.0-1-amd64/kernel/drivers/md/md-mod.ko",
    "usr/sbin/mdadm",
    "sbin/lvm",
    "etc/fstab",
  ])("%s is a danger", (path) => {
    expect(diskDangers([path, "usr/bin/ls"]).map((danger) => danger.path)).toEqual([path]);
  });

  test("what names disks and reads them is none", () => {
    expect(
      diskDangers([
        "usr/lib/udev/rules.d/60-persistent-storage.rules",
        "usr/sbin/smartctl",
        "usr/sbin/hdparm",
        "usr/sbin/badblocks",
      ]),
    ).toEqual([]);
  });
});
