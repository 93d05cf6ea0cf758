import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { BOOT_FILES, type BootManifest, bootManifestSchema } from "../../contract/boot-manifest.ts";
import { findMirrors, IMAGE_DISTRIBUTION } from "./apt-sources.ts";
import {
  hasFirmwareComponent,
  installedPackages,
  makeBaseSystem,
  readAptSources,
  writeSources,
} from "./base-system.ts";
import { describeFiles, MANIFEST, publish, sha256OfFile } from "./boot-folder.ts";
import { readCommentedList } from "./commented-list.ts";
import { layOutInitrd, packInitrd } from "./initrd.ts";
import { BOOT_LICENCES, bootLicences } from "./licences.ts";
import { addOverlay, overlayPackages } from "./overlay.ts";
import { ImageBuildError, type RunTool } from "./run-tool.ts";
import {
  addOwnFiles,
  finishRoot,
  keepModules,
  kernelVersion,
  maskUnits,
  trim,
} from "./shape-root.ts";

/** iPXE's own binaries as Debian builds them: BIOS, UEFI by the firmware's driver, UEFI by iPXE's. */
const IPXE_FILES = ["undionly.kpxe", "snponly.efi", "ipxe.efi"];
const IPXE_FOLDER = "/usr/lib/ipxe";

const NO_MIRROR =
  "This machine's apt sources name no Debian mirror to take the packages from: add one with the component main to /etc/apt/sources.list.d.";

export interface ImageBuild {
  /** build/image of the checkout. */
  readonly recipeDir: string;
  /** A folder for this build alone, on the file system of the boot folder. */
  readonly workDir: string;
  readonly bootDir: string;
  /** The Node that runs the agent on the host. */
  readonly nodeFile: string;
  readonly overlays: readonly string[];
  readonly inputsSha256: string;
  readonly run: RunTool;
  /** Gets one line a phase, and what the operator should know. */
  readonly say: (line: string) => void;
  readonly now: () => Date;
}

/**
 * Builds the live image and puts it, with iPXE and the manifest, in the place of the boot folder.
 * @throws ImageBuildError with a sentence for the one who ran the build
 */
export async function buildImage(build: ImageBuild): Promise<BootManifest> {
  const { recipeDir, workDir, run, say } = build;
  const rootDir = join(workDir, "root");
  const draftDir = join(workDir, "boot");
  mkdirSync(draftDir, { recursive: true });
  const list = (name: string) => readCommentedList(readFileSync(join(recipeDir, name), "utf8"));
  const gaps: string[] = [];
  const note = (gap: string) => {
    gaps.push(gap);
    say(`  note: ${gap}`);
  };
  const phase = createPhases(say);

  await phase("packages (download, unpack, configure)", async () => {
    const mirrors = findMirrors(readAptSources());
    if (mirrors.length === 0) throw new ImageBuildError(NO_MIRROR);
    const withFirmware = hasFirmwareComponent(mirrors, workDir);
    if (!withFirmware) {
      note(
        "The mirror has no non-free-firmware: NICs and storage controllers that load firmware (Broadcom NetXtreme II, QLogic, Realtek, Chelsio …) may not work in this image.",
      );
    }
    await makeBaseSystem(
      {
        rootDir,
        sources: writeSources(join(workDir, "sources.list"), mirrors, withFirmware),
        packages: [
          ...list("packages.txt"),
          ...(withFirmware ? list("firmware-packages.txt") : []),
          ...build.overlays.flatMap(overlayPackages),
        ],
      },
      run,
    );
  });
  const packages = installedPackages(rootDir);
  const version = kernelVersion(rootDir);
  copyFileSync(join(rootDir, `boot/vmlinuz-${version}`), join(draftDir, BOOT_FILES.kernel));

  await phase("licences", async () => {
    const ipxe = installedPackages("/").filter(({ name }) => name === "ipxe");
    const { text, missing } = bootLicences([
      { rootDir, packages },
      { rootDir: "/", packages: ipxe },
    ]);
    writeFileSync(join(draftDir, BOOT_LICENCES), text);
    if (missing.length > 0) say(`  note: No licence came with ${missing.join(", ")}.`);
  });
  await phase("trim and settings", async () => {
    await run("depmod", ["-b", rootDir, version]);
    const { unmatched } = keepModules(rootDir, list("modules.txt"));
    for (const path of unmatched) note(`This kernel has no module ${path}.`);
    trim(rootDir, list("trimmed.txt"));
    maskUnits(rootDir, list("masked-units.txt"));
    addOwnFiles(rootDir, { overlayDir: join(recipeDir, "root"), nodeFile: build.nodeFile });
    await run("strip", [join(rootDir, "usr/local/bin/node")]);
  });
  for (const overlay of build.overlays) {
    await phase(`overlay ${overlay}`, () => addOverlay(rootDir, overlay, run));
  }
  await phase("image (squashfs)", async () => {
    await finishRoot(rootDir, run);
    await run("mksquashfs", [
      ...[rootDir, join(draftDir, BOOT_FILES.image)],
      ...["-comp", "zstd", "-Xcompression-level", "15", "-b", "128K"],
      ...["-noappend", "-no-progress", "-no-exports", "-quiet"],
    ]);
  });
  await phase("initrd", async () => {
    const treeDir = join(workDir, "initrd");
    const unmatched = await layOutInitrd(
      {
        rootDir,
        treeDir,
        initFile: join(recipeDir, "initramfs/init"),
        dhcpScript: join(recipeDir, "root/usr/lib/vetting/dhcp-script"),
        wantedModules: list("initrd-modules.txt"),
        imageSha256: await sha256OfFile(join(draftDir, BOOT_FILES.image)),
      },
      run,
    );
    for (const path of unmatched) note(`This kernel has no module ${path} for the initrd.`);
    await packInitrd(treeDir, join(draftDir, BOOT_FILES.initrd), run);
  });
  return phase("iPXE and manifest", async () => {
    for (const name of IPXE_FILES) {
      const file = join(IPXE_FOLDER, name);
      if (!existsSync(file)) throw new ImageBuildError(`Debian's package ipxe has no ${file}.`);
      copyFileSync(file, join(draftDir, name));
    }
    const manifest = bootManifestSchema.parse({
      builtAt: build.now().toISOString(),
      distribution: IMAGE_DISTRIBUTION,
      packages,
      overlays: build.overlays.map((folder) => basename(folder)),
      gaps,
      inputsSha256: build.inputsSha256,
      files: await describeFiles(draftDir),
    });
    writeFileSync(join(draftDir, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    publish(draftDir, build.bootDir);
    return manifest;
  });
}

/** Runs a phase and says what it took. */
function createPhases(say: (line: string) => void) {
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    say(`  ${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
    return result;
  };
}
