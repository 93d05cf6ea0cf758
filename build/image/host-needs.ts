import type { FilePackage, TestTool } from "../test-tools.ts";

/** The programs that build an image, and the Debian package that brings each. */
export const IMAGE_TOOLS: readonly TestTool[] = [
  { command: "mmdebstrap", debianPackage: "mmdebstrap" },
  { command: "mksquashfs", debianPackage: "squashfs-tools" },
  { command: "unsquashfs", debianPackage: "squashfs-tools" },
  { command: "zstd", debianPackage: "zstd" },
  { command: "cpio", debianPackage: "cpio" },
  { command: "depmod", debianPackage: "kmod" },
  { command: "strip", debianPackage: "binutils" },
  { command: "tar", debianPackage: "tar" },
  { command: "unshare", debianPackage: "util-linux" },
];

/** Packages of which the build takes files. */
export const IMAGE_FILE_PACKAGES: readonly FilePackage[] = [
  { file: "/usr/lib/ipxe/undionly.kpxe", debianPackage: "ipxe" },
  {
    file: "/usr/share/keyrings/debian-archive-keyring.gpg",
    debianPackage: "debian-archive-keyring",
  },
];

/** The unpacked system, its squashfs and the kernel's package at once, with room to spare. */
export const NEEDED_BYTES = 4 * 1024 ** 3;

export interface BuildHost {
  readonly platform: string;
  readonly arch: string;
  /** apt-get is there. */
  readonly debian: boolean;
  readonly root: boolean;
  readonly freeBytes: number;
  /** Where the free bytes were counted. */
  readonly folder: string;
}

/** Why this machine cannot build an image, as one sentence, or null. */
export function buildHostProblem(host: BuildHost): string | null {
  if (host.platform !== "linux" || !host.debian) {
    return "The live image is built of Debian packages, which wants a Debian or Ubuntu system. Build it on one, as root, and copy dist/boot/ here (or name its folder with --boot-dir).";
  }
  if (host.arch !== "x64") {
    return `The live image is for x86-64 hosts and is built on such a machine; this one is ${host.arch}.`;
  }
  if (!host.root) {
    return "Building the live image wants root: it makes a Debian system with its own owners and devices. Run: sudo npm run image";
  }
  if (host.freeBytes < NEEDED_BYTES) {
    const free = (host.freeBytes / 1024 ** 3).toFixed(1);
    return `Building the live image wants ${NEEDED_BYTES / 1024 ** 3} GiB of free disk space in ${host.folder}, and ${free} GiB are free.`;
  }
  return null;
}
