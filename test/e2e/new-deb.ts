import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { linuxTarget, pack } from "../../build/packages/pack.ts";
import { makeStandInBoot, makeStandInRuntime } from "../../build/packages/stand-in.ts";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";

/** What electron-builder hands to fpm, its own maker of debs. */
interface FpmInput {
  readonly options: ReadonlyMap<string, string>;
  /** From where to where; absolute, or from the checkout. */
  readonly files: readonly (readonly [string, string])[];
}

/** Under which name dpkg runs the script of which option [fpm, package/deb.rb]. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "before-install": "preinst",
  "after-install": "postinst",
  "before-remove": "prerm",
  "after-remove": "postrm",
};

/**
 * Packs over stand-ins for Electron and the live image, up to where electron-builder would call fpm, which it would
 * have to download. From the same files, scripts and fields dpkg-deb makes the package instead: without its
 * dependencies, which are not what is tried, and uncompressed.
 * @returns one file a version
 */
export async function newDebs(dir: string, versions: readonly string[]): Promise<string[]> {
  const [runtime, boot, tree] = ["electron", "boot", "tree"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  makeStandInRuntime(runtime, inRoot("node_modules/electron"));
  await makeStandInBoot(boot);
  let input: FpmInput | null = null;
  await pack({
    rootDir: ROOT_DIR,
    bootDir: boot,
    outDir: join(dir, "out"),
    electronDist: runtime,
    targets: await linuxTarget("deb"),
    // The scripts are temporary files that are gone when packing ends.
    onPackage: async ([args]: [readonly string[]]) => {
      input = readFpmArguments(args);
      layOut(input, tree);
      return true;
    },
    say: () => {},
  });
  if (input === null) throw new Error("electron-builder made no deb");
  const { options } = input as FpmInput;
  return versions.map((version) => {
    const deb = join(dir, `vetting_${version}.deb`);
    const field = (name: string) => options.get(name) ?? "";
    const control = {
      Package: field("name"),
      Version: version,
      Architecture: field("architecture"),
      Maintainer: field("maintainer"),
      Homepage: field("url"),
      Description: field("description"),
    };
    const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
    writeFileSync(join(tree, "DEBIAN/control"), lines.join(""));
    execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, deb]);
    return deb;
  });
}

/** Options come first: from the first that is none, fpm takes all for files. */
function readFpmArguments(args: readonly string[]): FpmInput {
  const options = new Map<string, string>();
  let at = 0;
  while (args[at]?.startsWith("--")) {
    const [name = "", value] = (args[at] ?? "").slice(2).split(/=(.*)/s);
    options.set(name, value ?? args[at + 1] ?? "");
    at += value === undefined ? 2 : 1;
  }
  const files = args.slice(at).map((arg) => {
    const [from, to] = arg.split("=");
    if (from === undefined || to === undefined) throw new Error(`fpm would not know ${arg}`);
    return [from, to] as const;
  });
  return { options, files };
}

function layOut({ options, files }: FpmInput, tree: string): void {
  for (const [from, to] of files) {
    const target = join(tree, to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(from.startsWith("/") ? "/" : ROOT_DIR, from), target, { recursive: true });
  }
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  for (const [option, script] of Object.entries(SCRIPTS)) {
    const from = options.get(option);
    if (from === undefined) continue;
    const file = join(tree, "DEBIAN", script);
    copyFileSync(join(from.startsWith("/") ? "/" : ROOT_DIR, from), file);
    execFileSync("chmod", ["755", file]);
  }
}
