import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  firmwareIndexUrl,
  IMAGE_SUITE,
  type Mirror,
  type SourcesFile,
  sourceLines,
} from "./apt-sources.ts";
import type { RunTool } from "./run-tool.ts";

/** Left in the package: unpacking them costs minutes, and trimmed.txt or modules.txt would drop them. */
const NEVER_UNPACKED = [
  "/etc/kernel/postinst.d/*",
  "/etc/kernel/postrm.d/*",
  "/lib/modules/*/kernel/sound/*",
  "/lib/modules/*/kernel/drivers/gpu/drm/amd/*",
  "/lib/modules/*/kernel/drivers/gpu/drm/i915/*",
  "/lib/modules/*/kernel/drivers/gpu/drm/nouveau/*",
  "/lib/modules/*/kernel/drivers/gpu/drm/radeon/*",
  "/lib/modules/*/kernel/drivers/infiniband/*",
  "/lib/modules/*/kernel/drivers/media/*",
  "/lib/modules/*/kernel/drivers/md/*",
  "/lib/modules/*/kernel/drivers/net/wireless/*",
  "/lib/modules/*/kernel/drivers/staging/*",
  "/lib/firmware/i915/*",
  "/lib/firmware/mediatek/*",
  "/lib/firmware/nvidia/*",
  "/lib/firmware/rtw8*",
  "/usr/share/doc/*",
  "/usr/share/info/*",
  "/usr/share/lintian/*",
  "/usr/share/locale/*",
  "/usr/share/man/*",
];

/** In spite of that: the build gathers them into one file (licences.ts), and trimmed.txt drops them after. */
const STILL_UNPACKED = ["/usr/share/doc/*/copyright"];

/** Of the machine's apt settings those that say how to reach a mirror; the rest is the image's own business. */
const PASSED_ON =
  /^Acquire::((http|https)::Proxy\S*|Check-Valid-Until|Check-Date|Retries|https::\S+) /;

/** The machine's apt sources, whole. */
export function readAptSources(etcApt = "/etc/apt"): SourcesFile[] {
  const folder = join(etcApt, "sources.list.d");
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [join(etcApt, "sources.list"), ...files]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .map((file) => ({ name: basename(file), text: readFileSync(file, "utf8") }));
}

/** Does the mirror carry Debian's firmware component? Asked with apt's own downloader, which knows the proxies. */
export function hasFirmwareComponent(mirrors: readonly Mirror[], workDir: string): boolean {
  const asked = spawnSync(
    "/usr/lib/apt/apt-helper",
    ["download-file", firmwareIndexUrl(mirrors), join(workDir, "firmware-index.xz")],
    { stdio: "ignore", timeout: 60_000 },
  );
  return asked.status === 0;
}

export interface BaseSystem {
  readonly rootDir: string;
  readonly sources: readonly string[];
  readonly packages: readonly string[];
}

/**
 * Unpacks and configures the packages into `rootDir`. In a mount and process namespace of its own: whatever
 * interrupts it, no mount stays behind that a clean-up could run into, and no process.
 */
export async function makeBaseSystem(base: BaseSystem, run: RunTool): Promise<void> {
  const options = (name: string, values: readonly string[]) =>
    values.map((value) => `--${name}=${value}`);
  await run("unshare", [
    ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
    "mmdebstrap",
    "--mode=root",
    "--variant=essential",
    "--format=directory",
    "--architectures=amd64",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    ...options("aptopt", [
      'Acquire::Languages "none"',
      'APT::Install-Recommends "false"',
      ...machineAptSettings(),
    ]),
    ...options("dpkgopt", [
      "force-unsafe-io",
      ...NEVER_UNPACKED.map((path) => `path-exclude=${path}`),
      ...STILL_UNPACKED.map((path) => `path-include=${path}`),
    ]),
    `--include=${base.packages.join(",")}`,
    IMAGE_SUITE,
    base.rootDir,
    ...base.sources,
  ]);
}

/** What was installed, by the system's own record, sorted. */
export function installedPackages(rootDir: string): { name: string; version: string }[] {
  const status = readFileSync(join(rootDir, "var/lib/dpkg/status"), "utf8");
  return status
    .split("\n\n")
    .filter((stanza) => /^Status: install ok installed$/m.test(stanza))
    .map((stanza) => ({
      name: /^Package: (.+)$/m.exec(stanza)?.[1] ?? "",
      version: /^Version: (.+)$/m.exec(stanza)?.[1] ?? "",
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** For mmdebstrap: written down, so that the log shows what it was told. */
export function writeSources(
  file: string,
  mirrors: readonly Mirror[],
  withFirmware: boolean,
): string[] {
  const lines = sourceLines(mirrors, withFirmware);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return lines;
}

function machineAptSettings(): string[] {
  const dump = spawnSync("apt-config", ["dump"], { encoding: "utf8" });
  return (dump.stdout ?? "")
    .split("\n")
    .filter((line) => PASSED_ON.test(line))
    .map((line) => line.replace(/;$/, ""));
}
