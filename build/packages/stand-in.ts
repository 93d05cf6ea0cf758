import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOOT_FILES } from "../../contract/boot-manifest.ts";
import { describeFiles, MANIFEST } from "../image/boot-folder.ts";
import { BOOT_LICENCES } from "../image/licences.ts";

/**
 * Where Electron's runtime and the live image are not to be had, packing is tried over these. They show what goes into
 * a package and where it lies, and nothing about the runtime or the image.
 */

/** How @electron/fuses finds the switches in a binary, and as many as Electron 45 has: all on before any is set. */
const FUSE_SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const FUSE_COUNT = 8;
const FUSE_WIRE = `${FUSE_SENTINEL}\u0001${String.fromCharCode(FUSE_COUNT)}${"1".repeat(FUSE_COUNT)}`;

/** Laid out like Electron's unpacked runtime for Linux. */
export function makeStandInRuntime(dir: string, electronPackageDir: string): void {
  mkdirSync(join(dir, "resources"), { recursive: true });
  const program = `#!/bin/sh\necho "a stand-in for Electron" >&2\nexit 70\n# ${FUSE_WIRE}\n`;
  writeFileSync(join(dir, "electron"), program, { mode: 0o755 });
  writeFileSync(join(dir, "chrome-sandbox"), "a stand-in\n", { mode: 0o755 });
  writeFileSync(join(dir, "LICENSES.chromium.html"), "a stand-in\n");
  copyFileSync(join(electronPackageDir, "LICENSE"), join(dir, "LICENSE"));
}

const STAND_IN_FILES = [
  ...Object.values(BOOT_FILES),
  ...["ipxe.efi", "snponly.efi", "undionly.kpxe"],
  BOOT_LICENCES,
];

/** A boot folder of small files with a manifest that holds. */
export async function makeStandInBoot(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  for (const name of STAND_IN_FILES) {
    writeFileSync(join(dir, name), `a stand-in for ${name}\n`);
  }
  writeFileSync(join(dir, MANIFEST), JSON.stringify({ files: await describeFiles(dir) }));
}
