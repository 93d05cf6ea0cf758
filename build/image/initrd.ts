import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { chooseModules, firmwareOf, readModuleDependencies } from "./kernel-modules.ts";
import type { RunTool } from "./run-tool.ts";
import { kernelVersion } from "./shape-root.ts";

export interface InitrdParts {
  /** The finished system, of which drivers, firmware and busybox are taken. */
  readonly rootDir: string;
  /** An empty folder to lay the initrd out in. */
  readonly treeDir: string;
  readonly initFile: string;
  readonly dhcpScript: string;
  readonly wantedModules: readonly string[];
  /** SHA-256 of the squashfs in hex: the initrd takes no other. */
  readonly imageSha256: string;
}

/** The drivers that the kernel itself asks for while another starts, by its own path of the program. */
const MODPROBE = "sbin/modprobe";

/**
 * Lays the initrd out: busybox, our init, and the drivers that lead to the console. Made by hand instead of by
 * initramfs-tools, whose initrd is ten times as large, looks at the host's disks and waits where we need not.
 * @returns wanted paths without a module
 */
export async function layOutInitrd(parts: InitrdParts, run: RunTool): Promise<readonly string[]> {
  const { rootDir, treeDir } = parts;
  const version = kernelVersion(rootDir);
  const modulesDir = join("usr/lib/modules", version);
  const dependencies = readModuleDependencies(
    readFileSync(join(rootDir, modulesDir, "modules.dep"), "utf8"),
  );
  const { kept, unmatched } = chooseModules(dependencies, parts.wantedModules);
  const firmware = new Set<string>();
  for (const module of kept) {
    take(rootDir, treeDir, join(modulesDir, module));
    for (const name of firmwareOf(readFileSync(join(rootDir, modulesDir, module)))) {
      firmware.add(name);
    }
  }
  const firmwareDir = join(rootDir, "usr/lib/firmware");
  for (const name of existsSync(firmwareDir) ? firmware : []) {
    for (const file of globSync(name.replaceAll("[", "\\["), { cwd: firmwareDir })) {
      take(rootDir, treeDir, join("usr/lib/firmware", file));
    }
  }
  for (const name of ["modules.order", "modules.builtin", "modules.builtin.modinfo"]) {
    take(rootDir, treeDir, join(modulesDir, name));
  }
  take(rootDir, treeDir, "usr/bin/busybox", "bin/busybox");
  for (const folder of ["sbin", "etc"]) mkdirSync(join(treeDir, folder), { recursive: true });
  symlinkSync("usr/lib", join(treeDir, "lib"));
  symlinkSync("../bin/busybox", join(treeDir, MODPROBE));
  symlinkSync("busybox", join(treeDir, "bin/sh"));
  for (const applet of ["mount", "mkdir"]) symlinkSync("busybox", join(treeDir, "bin", applet));
  copyProgram(parts.initFile, join(treeDir, "init"));
  copyProgram(parts.dhcpScript, join(treeDir, "bin/dhcp-script"));
  writeFileSync(join(treeDir, "image.sha256"), `${parts.imageSha256}\n`);
  await run("depmod", ["-b", treeDir, version]);
  return unmatched;
}

/** The kernel reads zstd; level 19 costs seconds here and nothing there. */
export async function packInitrd(treeDir: string, file: string, run: RunTool): Promise<void> {
  const pack =
    'cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc --quiet -R 0:0 | zstd -19 -T0 -q -f -o "$2"';
  await run("sh", ["-e", "-c", pack, "pack", treeDir, file]);
}

function take(rootDir: string, treeDir: string, path: string, as = path): void {
  const from = join(rootDir, path);
  const to = join(treeDir, as);
  if (!existsSync(from) || existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  if (as === "bin/busybox") chmodSync(to, 0o755);
}

function copyProgram(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}
