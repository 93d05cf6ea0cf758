import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { diskDangers } from "./disk-safety.ts";
import { chooseModules, firmwareOf, readModuleDependencies } from "./kernel-modules.ts";
import { pathsIn } from "./paths-in.ts";
import { ImageBuildError, type RunTool } from "./run-tool.ts";

/** Mount points of the running system; without an empty /dev in the image its init panics. */
const MOUNT_POINTS = ["dev", "proc", "run", "sys", "tmp"];

/** The one kernel of the system. */
export function kernelVersion(rootDir: string): string {
  const [version, ...others] = readdirSync(join(rootDir, "usr/lib/modules"));
  if (version === undefined || others.length > 0) {
    throw new ImageBuildError(
      `The image must hold one kernel and holds ${version === undefined ? "none" : [version, ...others].join(", ")}.`,
    );
  }
  return version;
}

/** Removes what the patterns name, and of Python's and others' caches what is left. */
export function trim(rootDir: string, patterns: readonly string[]): void {
  for (const path of globSync([...patterns], { cwd: rootDir })) {
    rmSync(join(rootDir, path), { recursive: true, force: true });
  }
}

export interface KeptModules {
  /** Wanted paths without a module: worth a line, since a driver may have moved. */
  readonly unmatched: readonly string[];
  /** Firmware that a kept driver may ask for and no installed package has. */
  readonly missingFirmware: readonly string[];
}

/** Drops all modules but the wanted ones with what they need, and all firmware that none of them declares. */
export function keepModules(rootDir: string, wanted: readonly string[]): KeptModules {
  const modulesDir = join(rootDir, "usr/lib/modules", kernelVersion(rootDir));
  const dependencies = readModuleDependencies(
    readFileSync(join(modulesDir, "modules.dep"), "utf8"),
  );
  const { kept, unmatched } = chooseModules(dependencies, wanted);
  const declared = new Set<string>();
  for (const module of dependencies.keys()) {
    const file = join(modulesDir, module);
    if (!existsSync(file)) continue;
    if (kept.has(module)) {
      for (const name of firmwareOf(readFileSync(file))) declared.add(name);
    } else {
      rmSync(file);
    }
  }
  return { unmatched, missingFirmware: keepFirmware(join(rootDir, "usr/lib/firmware"), declared) };
}

function keepFirmware(firmwareDir: string, declared: ReadonlySet<string>): string[] {
  if (!existsSync(firmwareDir)) return [...declared];
  const matches = new Set(
    [...declared].flatMap((name) => globSync(name.replaceAll("[", "\\["), { cwd: firmwareDir })),
  );
  for (const path of pathsIn(firmwareDir)) {
    if (!matches.has(path)) rmSync(join(firmwareDir, path));
  }
  return [...declared].filter((name) => !name.includes("*") && !matches.has(name)).sort();
}

/** A masked unit is a link to nowhere, which no dependency can pull in. */
export function maskUnits(rootDir: string, units: readonly string[]): void {
  const folder = join(rootDir, "etc/systemd/system");
  // What the packages have enabled: all of it is either masked or wanted by vetting.target.
  for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true });
  for (const unit of units) symlinkSync("/dev/null", join(folder, unit));
}

export interface OwnFiles {
  /** build/image/root of the checkout. */
  readonly overlayDir: string;
  /** The Node that runs the agent. */
  readonly nodeFile: string;
}

/** Lays down what is ours: units, scripts and settings, and the agent's Node. */
export function addOwnFiles(rootDir: string, own: OwnFiles): void {
  cpSync(own.overlayDir, rootDir, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(join(rootDir, "usr/lib/vetting"))) {
    chmodSync(join(rootDir, "usr/lib/vetting", entry), 0o755);
  }
  const node = join(rootDir, "usr/local/bin/node");
  mkdirSync(dirname(node), { recursive: true });
  copyFileSync(own.nodeFile, node);
  chmodSync(node, 0o755);
  symlinkSync("vetting.target", join(rootDir, "etc/systemd/system/default.target"));
  writeFileSync(join(rootDir, "etc/hostname"), "vetting\n");
  // Empty, not absent: systemd then makes an id for this boot alone and takes nothing for a first boot.
  writeFileSync(join(rootDir, "etc/machine-id"), "");
  writeFileSync(join(rootDir, "etc/resolv.conf"), "");
  writeFileSync(join(rootDir, "etc/motd"), "");
  for (const folder of MOUNT_POINTS) mkdirSync(join(rootDir, folder), { recursive: true });
  mkdirSync(join(rootDir, "var/log"), { recursive: true });
}

/** Once everything is in place: the modules' indices, and the promise about disks. */
export async function finishRoot(rootDir: string, run: RunTool): Promise<void> {
  await run("depmod", ["-b", rootDir, kernelVersion(rootDir)]);
  const dangers = diskDangers(pathsIn(rootDir));
  const [first] = dangers;
  if (first !== undefined) {
    throw new ImageBuildError(
      `The image would hold ${first.path}, which ${first.why}: nothing in it may open a host's disks by itself. It came with an overlay or a new version of a package.`,
    );
  }
}
