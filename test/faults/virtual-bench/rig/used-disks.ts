import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/**
 * Disks as they come out of a server that was in use. What marks a member of a volume group or of an array is written
 * byte by byte, so that nothing need be installed, nor any device of this machine touched; `blkid`, which is not ours,
 * confirms that they are what they are meant to be.
 */
export const DISK_CONTENTS = {
  "dirty ext4": { make: makeDirtyExt4, signature: "ext4" },
  "LVM volume": { make: makeLvmVolume, signature: "LVM2_member" },
  "RAID member": { make: makeRaidMember, signature: "linux_raid_member" },
  swap: { make: makeSwap, signature: "swap" },
  blank: { make: () => {}, signature: null },
} as const;
export type DiskContent = keyof typeof DISK_CONTENTS;

const MIB = 1024 * 1024;
const SECTOR = 512;
/** Where the data of a volume or an array begin. */
const DATA_OFFSET = MIB;

/**
 * Writes a disk image.
 * @throws when `blkid` does not see on it what was to be made
 */
export function makeUsedDisk(file: string, sizeMiB: number, content: DiskContent): void {
  const { make, signature } = DISK_CONTENTS[content];
  writeFileSync(file, "");
  truncateSync(file, sizeMiB * MIB);
  make(file);
  const seen = signatureOf(file);
  if (seen !== signature) throw new Error(`${file}: blkid sees ${seen}, expected ${signature}.`);
}

/** The checksum of a disk, from outside and with the machine off. */
export function diskChecksum(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** What `blkid` takes an image for; null for one that bears no signature. */
function signatureOf(file: string): string | null {
  try {
    const type = execFileSync("blkid", ["-p", "-o", "value", "-s", "TYPE", file], {
      encoding: "utf8",
    });
    return type.trim() || null;
  } catch {
    // It exits 2 when it finds nothing.
    return null;
  }
}

/**
 * A file system whose machine lost power: the last transaction stands in the journal alone, and whoever mounts it, be
 * it read-only, plays the journal back into it.
 */
function makeDirtyExt4(file: string): void {
  const quiet = { stdio: ["pipe", "ignore", "ignore"] as ["pipe", "ignore", "ignore"] };
  execFileSync("mke2fs", ["-q", "-F", "-t", "ext4", "-L", "used", file], quiet);
  const block = `${file}.block`;
  writeFileSync(block, randomBytes(4096));
  const input = ["journal_open", `journal_write -b 3000 ${block}`, "journal_close"].join("\n");
  execFileSync("debugfs", ["-w", "-f", "-", file], { ...quiet, input });
  const features = execFileSync("dumpe2fs", ["-h", file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  execFileSync("rm", ["-f", block]);
  if (!features.includes("needs_recovery")) throw new Error(`${file} is not dirty.`);
}

function makeSwap(file: string): void {
  execFileSync("mkswap", ["-q", file], { stdio: "ignore" });
}

/** The label of a physical volume (LVM2, lib/format_text/layout.h): sector 1, and data behind it. */
function makeLvmVolume(file: string): void {
  const label = Buffer.alloc(SECTOR);
  label.write("LABELONE", 0, "latin1");
  label.writeBigUInt64LE(1n, 8);
  label.writeUInt32LE(32, 20); // the header behind the label
  label.write("LVM2 001", 24, "latin1");
  label.write("VettingTestPhysicalVolume0000001", 32, "latin1"); // its UUID
  label.writeBigUInt64LE(BigInt(32 * MIB), 64);
  label.writeBigUInt64LE(BigInt(DATA_OFFSET), 72);
  // CRC-32 with a start value of LVM's own, and without the inversion that zlib adds at either end.
  const inverted = (value: number) => ~value >>> 0;
  label.writeUInt32LE(inverted(crc32(label.subarray(20), inverted(0xf597a6cf))), 16);
  writeAt(file, SECTOR, label);
  writeAt(file, DATA_OFFSET, randomBytes(MIB));
}

/** The superblock of one half of a mirror (md, version 1.2: include/uapi/linux/raid/md_p.h), 4 KiB into the disk. */
function makeRaidMember(file: string): void {
  const place = 4096;
  const sectors = BigInt((32 * MIB - DATA_OFFSET) / SECTOR);
  const superblock = Buffer.alloc(256 + 2 * 2);
  superblock.writeUInt32LE(0xa92b4efc, 0);
  superblock.writeUInt32LE(1, 4); // major version
  superblock.write("VettingTestArray", 16, "latin1"); // the array's UUID
  superblock.write("used:0", 32, "latin1"); // and its name
  superblock.writeInt32LE(1, 72); // RAID 1
  superblock.writeBigUInt64LE(sectors, 80);
  superblock.writeUInt32LE(2, 92); // disks of the array
  superblock.writeBigUInt64LE(BigInt(DATA_OFFSET / SECTOR), 128);
  superblock.writeBigUInt64LE(sectors, 136);
  superblock.writeBigUInt64LE(BigInt(place / SECTOR), 144);
  superblock.write("VettingTestHalf1", 168, "latin1"); // this member's UUID
  superblock.writeUInt32LE(2, 220); // roles that follow
  superblock.writeUInt16LE(1, 258);
  let sum = 0;
  for (let at = 0; at < superblock.length; at += 4) sum += superblock.readUInt32LE(at);
  superblock.writeUInt32LE((sum % 2 ** 32) + Math.floor(sum / 2 ** 32), 216);
  writeAt(file, place, superblock);
  writeAt(file, DATA_OFFSET, randomBytes(MIB));
}

function writeAt(file: string, position: number, bytes: Buffer): void {
  const opened = openSync(file, "r+");
  writeSync(opened, bytes, 0, bytes.length, position);
  closeSync(opened);
}
