import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that the tests run for real, and the Debian package that brings it. */
export interface TestTool {
  readonly command: string;
  readonly debianPackage: string;
}

export const TEST_TOOLS: readonly TestTool[] = [
  { command: "chromium", debianPackage: "chromium" },
  { command: "stress-ng", debianPackage: "stress-ng" },
  { command: "fio", debianPackage: "fio" },
  { command: "smartctl", debianPackage: "smartmontools" },
  { command: "dmidecode", debianPackage: "dmidecode" },
  { command: "ethtool", debianPackage: "ethtool" },
  { command: "lspci", debianPackage: "pciutils" },
  { command: "iperf3", debianPackage: "iperf3" },
  { command: "shellcheck", debianPackage: "shellcheck" },
  { command: "busybox", debianPackage: "busybox-static" },
  { command: "dash", debianPackage: "dash" },
  { command: "nvme", debianPackage: "nvme-cli" },
  { command: "ipmitool", debianPackage: "ipmitool" },
  { command: "hdparm", debianPackage: "hdparm" },
  { command: "ip", debianPackage: "iproute2" },
  { command: "modprobe", debianPackage: "kmod" },
  { command: "efibootmgr", debianPackage: "efibootmgr" },
  { command: "lsblk", debianPackage: "util-linux" },
  { command: "badblocks", debianPackage: "e2fsprogs" },
  { command: "ps", debianPackage: "procps" },
  { command: "curl", debianPackage: "curl" },
  { command: "wget", debianPackage: "wget" },
  { command: "tc", debianPackage: "iproute2" },
  { command: "dnsmasq", debianPackage: "dnsmasq-base" },
  { command: "tshark", debianPackage: "tshark" },
  { command: "atftp", debianPackage: "atftp" },
  { command: "tftp", debianPackage: "tftp-hpa" },
  { command: "sshd", debianPackage: "openssh-server" },
  { command: "ssh", debianPackage: "openssh-client" },
  { command: "systemd-analyze", debianPackage: "systemd" },
  { command: "dpkg-deb", debianPackage: "dpkg" },
  { command: "nsenter", debianPackage: "util-linux" },
];

/** Where a command lies on a path, the system's own folders included, or null. */
export function lookPath(command: string, path: string): string | null {
  const folders = [...path.split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  for (const folder of folders.filter((f) => f !== "")) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** A file stands for a package that brings no command. */
export interface FilePackage {
  readonly file: string;
  readonly debianPackage: string;
}

/** What of these is not there, commands and files in one list, as `planTools` takes it. */
export function missingOf(
  tools: readonly TestTool[],
  files: readonly FilePackage[],
  hasCommand: (command: string) => boolean,
  hasFile: (file: string) => boolean,
): TestTool[] {
  return [
    ...tools.filter(({ command }) => !hasCommand(command)),
    ...files
      .filter(({ file }) => !hasFile(file))
      .map(({ file, debianPackage }) => ({ command: file, debianPackage })),
  ];
}

/** The tools that are not there. */
export function missingTools(has: (command: string) => boolean): TestTool[] {
  return TEST_TOOLS.filter((tool) => !has(tool.command));
}

/** `install` carries the commands that mend it; `tell` the sentences that say what is needed. */
export type ToolPlan =
  | { readonly kind: "complete" }
  | { readonly kind: "install"; readonly commands: readonly (readonly [string, ...string[]])[] }
  | { readonly kind: "tell"; readonly lines: readonly string[] };

/**
 * What to do about missing tools: root on Debian installs them, anyone else is told how.
 * @param system `debian`: apt-get is there; `root`: it may be used
 */
export function planTools(
  missing: readonly TestTool[],
  system: { readonly debian: boolean; readonly root: boolean },
): ToolPlan {
  if (missing.length === 0) return { kind: "complete" };
  const packages = [...new Set(missing.map((tool) => tool.debianPackage))];
  if (system.debian && system.root) {
    // Two that install at once wait for each other; a mirror that stumbles is asked again.
    const options = ["-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
    return {
      kind: "install",
      commands: [
        ["apt-get", "update", ...options, "-q"],
        ["apt-get", "install", ...options, "-q", "--no-install-recommends", ...packages],
      ],
    };
  }
  const names = missing.map((tool) => tool.command).join(", ");
  const how = system.debian
    ? `Install them as root: apt-get install ${packages.join(" ")}`
    : `Install them with your system's package manager; on Debian the packages are: ${packages.join(" ")}`;
  return { kind: "tell", lines: [`Programs are needed that are not here: ${names}.`, how] };
}
