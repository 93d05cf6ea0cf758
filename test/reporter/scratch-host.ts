import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const repo = resolve(import.meta.dirname, "../..");
const fakes = join(repo, "test/fakes/reporter");

export const reporterScript = join(repo, "reporter/vetting-reporter");
export const quickShSource = join(repo, "reporter/quick.sh");

/** MACs of the host's ports as the boot entries name them. */
export const MAC = { eno1: "52:54:00:aa:00:01", eno2: "52:54:00:aa:00:02" } as const;

/**
 * What `efibootmgr -v` says of a machine with two ports. Entry lines follow the format of real firmware
 * (OVMF for the ports, Dell for the VenHw entry without a MAC); the right entry for eno2 is Boot0006.
 */
export const BOOT_ENTRIES = [
  "BootCurrent: 0001",
  "Timeout: 0 seconds",
  "BootOrder: 0001,0002,0003,0004,0005,0006,0007,0008,0009",
  "Boot0000  UiApp\tFvVol(7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1)/FvFile(462caa21-7614-4503-836e-8ab6f4662331)",
  "Boot0001* debian\tHD(1,GPT,66b2a325-3129-45d3-84dd-c1a4e4bd846b,0x800,0x100000)/File(\\EFI\\debian\\shimx64.efi)",
  "Boot0002  Embedded NIC 1 Port 1 Partition 1\tVenHw(3a191845-5f86-4e78-8fce-c4cff59f9daa)",
  "Boot0003* UEFI PXEv4 (MAC:525400AA0001)\tPciRoot(0x0)/Pci(0x3,0x0)/MAC(525400aa0001,1)/IPv4(0.0.0.00.0.0.0,0,0)N.....YM....R,Y.",
  "Boot0004* UEFI HTTPv4 (MAC:525400AA0002)\tPciRoot(0x0)/Pci(0x4,0x0)/MAC(525400aa0002,1)/IPv4(0.0.0.00.0.0.0,0,0)/Uri()N.....YM....R,Y.",
  "Boot0005* UEFI PXEv6 (MAC:525400AA0002)\tPciRoot(0x0)/Pci(0x4,0x0)/MAC(525400aa0002,1)/IPv6([::]:<->[::]:,0,0)N.....YM....R,Y.",
  "Boot0006* UEFI PXEv4 (MAC:525400AA0002)\tPciRoot(0x0)/Pci(0x4,0x0)/MAC(525400AA0002,1)/IPv4(0.0.0.00.0.0.0,0,0)N.....YM....R,Y.",
  "Boot0007* iSCSI target\tPciRoot(0x0)/Pci(0x4,0x0)/MAC(525400aa0002,1)/IPv4(0.0.0.00.0.0.0,0,0)/iSCSI(iqn.2026-01.lab:root,0,0)",
  "Boot0008* Other installer\tPciRoot(0x0)/Pci(0x4,0x0)/MAC(525400aa0002,1)/IPv4(0.0.0.00.0.0.0,0,0)/Uri(http://10.9.9.9/other.efi)",
];

/** Everything of POSIX and util-linux that the scripts may call; tests add what a case is about. */
const SYSTEM_TOOLS =
  "sh cat cut sed awk od tr grep head tail paste wc mkdir chmod mv rm rmdir sleep id uname readlink timeout mktemp mkfifo setsid getent".split(
    " ",
  );

export type Shell = "dash" | "busybox";

export interface HostOptions {
  shell?: Shell;
  /** `wget` is GNU wget. Under busybox without curl the scripts get its own applets only. */
  client?: "curl" | "wget" | "nc";
  uefi?: boolean;
  bmc?: boolean;
  /** Fakes on the PATH, besides `ip` and the reboot command. */
  tools?: ("efibootmgr" | "ipmitool" | "modprobe")[];
  entries?: string[];
  env?: Record<string, string>;
}

export interface ScratchHost {
  dir: string;
  stateDir: string;
  env: Record<string, string>;
  /** Writes a file below the host's folder, parents included. */
  write(path: string, content: string | Buffer): void;
  read(path: string): string;
  exists(path: string): boolean;
  setUptime(seconds: number): void;
  /** Runs a script to its end. */
  run(script: string, ...args: string[]): Promise<{ code: number; out: string }>;
  /** Starts the daemon; its log is `log()`. */
  start(): ChildProcess;
  log(): string;
  destroy(): Promise<void>;
}

const shellCommand = (shell: Shell): [string, string[]] =>
  shell === "dash" ? ["/usr/bin/dash", []] : ["/usr/bin/busybox", ["sh"]];

/** A host in a scratch folder: sysfs, procfs and a PATH of exactly the named tools; UEFI with two wired ports. */
export function createScratchHost(consoleUrl: string, options: HostOptions = {}): ScratchHost {
  const { shell = "dash", client = "curl", uefi = true, bmc = true } = options;
  const dir = mkdtempSync(join(tmpdir(), "vetting-reporter-"));
  const children: ChildProcess[] = [];
  let log = "";
  const path = (name: string) => join(dir, name);
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
  };

  const nic = (name: string, mac: string, type = 1) => {
    write(`sys/class/net/${name}/address`, `${mac}\n`);
    write(`sys/class/net/${name}/type`, `${type}\n`);
  };
  for (const name of ["eno1", "eno2"] as const) {
    nic(name, MAC[name]);
    mkdirSync(path(`sys/devices/pci0000:00/${name}`), { recursive: true });
    symlinkSync(path(`sys/devices/pci0000:00/${name}`), path(`sys/class/net/${name}/device`));
  }
  nic("lo", "00:00:00:00:00:00", 772);
  nic("docker0", "02:42:00:00:00:01");
  mkdirSync(path("sys/class/net/docker0/bridge"));
  nic("veth12ab", "9a:00:00:00:00:01");
  nic("tun0", "9a:00:00:00:00:02", 65534);
  // busybox prefers its own `ip`, which truthfully says `lo`; for it the port hangs below that.
  symlinkSync("../eno2", path("sys/class/net/lo/lower_eno2"));

  write("sys/class/dmi/id/product_uuid", "4c4c4544-0042-3510-8054-b4c04f4d3932\n");
  write("sys/class/dmi/id/product_serial", "B5TM92\n");
  write("sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
  write("sys/class/dmi/id/product_name", "PowerEdge R640\n");
  write(
    "etc/os-release",
    'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
  );
  write("proc/uptime", "1000.25 4000.00\n");
  write("proc/sys/kernel/random/boot_id", "6f1d0c5a-0a56-4d33-9a0d-2f8f4a7f1c11\n");
  write("proc/mounts", "sysfs /sys sysfs rw,nosuid 0 0\n");
  if (uefi)
    write(
      "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
      Buffer.from([6, 0, 0, 0, 0]),
    );
  write("fake/boot-entries.txt", `${(options.entries ?? BOOT_ENTRIES).join("\n")}\n`);
  write("fake/route-nic", "eno2\n");
  if (!bmc) write("fake/no-bmc", "");

  mkdirSync(path("bin"));
  const link = (target: string, name: string) => symlinkSync(target, path(`bin/${name}`));
  if (shell === "busybox") {
    for (const tool of [...SYSTEM_TOOLS, "wget", "nc"])
      if (tool !== "getent") link("/usr/bin/busybox", tool);
  } else {
    for (const tool of SYSTEM_TOOLS) link(tool === "sh" ? "/usr/bin/dash" : whereIs(tool), tool);
    if (client === "nc") link("/usr/bin/busybox", "nc");
  }
  if (client === "curl" || (client === "wget" && shell === "dash")) link(whereIs(client), client);
  for (const tool of ["ip", ...(options.tools ?? ["efibootmgr", "ipmitool"])])
    link(join(fakes, tool), tool);

  const env = {
    PATH: path("bin"),
    FAKE_DIR: path("fake"),
    VETTING_PREFIX: dir,
    VETTING_CONSOLE: consoleUrl,
    VETTING_SYSFS: path("sys"),
    VETTING_PROCFS: path("proc"),
    VETTING_OS_RELEASE: path("etc/os-release"),
    VETTING_REBOOT_COMMAND: join(fakes, "fake-reboot"),
    VETTING_BACKOFF_FIRST_S: "0.02",
    VETTING_BACKOFF_MAX_S: "0.1",
    ...options.env,
  };
  const [command, first] = shellCommand(shell);

  return {
    dir,
    stateDir: path("var/lib/vetting-reporter"),
    env,
    write,
    read: (name) => readFileSync(path(name), "utf8"),
    exists: (name) => existsSync(path(name)),
    setUptime: (seconds) => write("proc/uptime", `${seconds}.00 1.00\n`),
    run: (script, ...args) => runToEnd(command, [...first, script, ...args], env),
    start: () => {
      const child = spawn(command, [...first, reporterScript, "run"], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      children.push(child);
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => {
          log += chunk.toString();
        });
      return child;
    },
    log: () => log,
    destroy: async () => {
      for (const child of children) await stop(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Ends a daemon as systemd would, and waits for it. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await gone;
}

/** The path of a program of this machine; throws when the machine has none, so that no test passes without it. */
export function whereIs(tool: string): string {
  return execFileSync("/bin/sh", ["-c", 'command -v "$1"', "sh", tool], {
    encoding: "utf8",
  }).trim();
}

/** Runs a program to its end without blocking this process, in which the fake console lives. */
export async function runToEnd(
  command: string,
  args: string[],
  env: Record<string, string>,
  more: { uid?: number; input?: string } = {},
): Promise<{ code: number; out: string }> {
  const child = spawn(command, args, {
    env,
    stdio: "pipe",
    ...(more.uid === undefined ? {} : { uid: more.uid, gid: more.uid }),
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
  child.stdin.on("error", () => undefined); // a script that ends early does not read all of its input
  child.stdin.end(more.input ?? "");
  const code = await new Promise<number>((resolveCode, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode) => resolveCode(exitCode ?? -1));
  });
  return { code, out };
}
