import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { filesUnder } from "../content-hash.ts";
import { BOOT_LICENCES } from "../image/licences.ts";
import { linuxTarget, pack } from "../packages/pack.ts";
import { makeStandInBoot, makeStandInRuntime } from "../packages/stand-in.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";

// `npm run package`: this system's packages of the desktop app into dist/packages/.
// `npm run package -- --stand-in`: only the folder that a Linux package is made of, over a stand-in for Electron's
// runtime: works offline, and shows what goes in and how large it is.

const say = (line: string) => console.log(line);
const outDir = inRoot("dist/packages");
const bootDir = inRoot("dist/boot");

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [first, ...more] = args;
  if (more.length > 0 || (first !== undefined && first !== "--stand-in")) {
    return refuse("Usage: npm run package [-- --stand-in]", 2);
  }
  const hasBoot = existsSync(join(bootDir, BOOT_LICENCES));
  if (first === "--stand-in") return packOverStandIn(hasBoot);
  if (!hasBoot) {
    return refuse(
      "There is no live image to pack, or one without its licences. Build it first: npm run image",
      1,
    );
  }
  try {
    await pack({ rootDir: ROOT_DIR, bootDir, outDir, say });
  } catch (error) {
    return refuse(`The packages were not made: ${(error as Error).message}`, 1);
  }
  saySizes(outDir, (file) => /\.(deb|AppImage|exe|dmg)$/.test(file));
  return 0;
}

async function packOverStandIn(hasBoot: boolean): Promise<number> {
  const work = join(outDir, ".stand-in");
  const runtime = join(work, "electron");
  makeStandInRuntime(runtime, inRoot("node_modules/electron"));
  if (!hasBoot) await makeStandInBoot(join(work, "boot"));
  try {
    await pack({
      rootDir: ROOT_DIR,
      bootDir: hasBoot ? bootDir : join(work, "boot"),
      outDir,
      electronDist: runtime,
      targets: await linuxTarget("dir"),
      say,
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const unpacked = join(outDir, "linux-unpacked");
  saySizes(unpacked, (_file, bytes) => bytes > 1e6);
  const total = filesUnder(unpacked).reduce((sum, file) => sum + statSync(file).size, 0);
  say(`${(total / 1e6).toFixed(1)} MB in all, without Electron's runtime.`);
  if (!hasBoot)
    say("The boot folder in it is a stand-in too: dist/boot has no image with licences.");
  return 0;
}

function saySizes(dir: string, counts: (file: string, bytes: number) => boolean): void {
  for (const file of filesUnder(dir)) {
    const { size } = statSync(file);
    if (counts(file, size))
      say(`${(size / 1e6).toFixed(1).padStart(8)} MB  ${file.slice(dir.length + 1)}`);
  }
}

function refuse(message: string, exitCode: number): number {
  console.error(message);
  return exitCode;
}
