import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PackagerOptions, Platform } from "electron-builder";
import { parse } from "yaml";
import {
  AGENT_OUTPUT,
  CONSOLE_OUTPUT,
  DESKTOP_OUTPUT,
  ensureBuilt,
  RENDERER_OUTPUT,
} from "../outputs.ts";
import { bundledPackages } from "./bundled-packages.ts";
import { licencesText } from "./licences.ts";

export interface Packing {
  readonly rootDir: string;
  /** The folder of the live image and iPXE; one that `npm run image` made, or a stand-in. */
  readonly bootDir: string;
  /** Packages, unpacked folders and what electron-builder notes go here. */
  readonly outDir: string;
  /** Electron's unpacked runtime, or a stand-in; left out: electron-builder fetches it. */
  readonly electronDist?: string;
  /** Left out: all that electron-builder.yml names for the system this runs on. */
  readonly targets?: ReturnType<Platform["createTarget"]>;
  /** electron-builder's own look at what a package is made of; true ends the making of that package there. */
  readonly onPackage?: NonNullable<PackagerOptions["effectiveOptionComputed"]>;
  readonly say: (line: string) => void;
}

/** Of electron-builder.yml what differs from one packing to another. */
interface Config {
  readonly directories: object;
  readonly extraResources: readonly Resource[];
  readonly linux: { readonly extraResources: readonly Resource[] };
}

interface Resource {
  readonly from: string;
  readonly to: string;
}

/**
 * Builds what is stale, writes what only packages carry, and has electron-builder pack.
 * @throws what electron-builder throws
 */
export async function pack(packing: Packing): Promise<void> {
  const { rootDir, outDir, targets, onPackage, say } = packing;
  await ensureBuilt(rootDir, [AGENT_OUTPUT, RENDERER_OUTPUT, DESKTOP_OUTPUT, CONSOLE_OUTPUT], say);
  mkdirSync(outDir, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(outDir, name), text);
  const packages = await bundledPackages(rootDir);
  write("LICENCES.txt", licencesText({ ...packing, packages }));
  const { name, version } = readJson(join(rootDir, "package.json"));
  write("package.json", JSON.stringify({ name, version }));
  write("electron-builder.json", JSON.stringify(configOf(packing)));

  const { build } = await import("electron-builder");
  await build({
    projectDir: rootDir,
    config: join(outDir, "electron-builder.json"),
    publish: "never",
    ...(targets === undefined ? {} : { targets }),
    ...(onPackage === undefined ? {} : { effectiveOptionComputed: onPackage }),
  });
}

/** electron-builder.yml with the folders of this packing. */
function configOf({ rootDir, bootDir, outDir, electronDist }: Packing): Config {
  const config = parse(readFileSync(join(rootDir, "electron-builder.yml"), "utf8")) as Config;
  const placed = ({ from, to }: Resource): Resource => {
    if (from === "dist/boot") return { from: bootDir, to };
    return { from: from.replace(/^dist\/packages\//, `${outDir}/`), to };
  };
  return {
    ...config,
    directories: { ...config.directories, output: outDir },
    extraResources: config.extraResources.map(placed),
    linux: { ...config.linux, extraResources: config.linux.extraResources.map(placed) },
    ...(electronDist === undefined ? {} : { electronDist }),
  };
}

function readJson(file: string): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
}

/** A deb, or only the folder that Linux packages are made of. */
export async function linuxTarget(kind: "dir" | "deb"): Promise<NonNullable<Packing["targets"]>> {
  const { Platform, Arch } = await import("electron-builder");
  return Platform.LINUX.createTarget([kind], Arch.x64);
}
