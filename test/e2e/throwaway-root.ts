import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** In namespaces of its own, `$1` an empty folder, `$2` one to be seen inside as /run/handed. */
export const LAY_OUT_ROOT = `
set -e
mount -t tmpfs throwaway "$1"
mkdir "$1/changed" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/changed,workdir=$1/work" throwaway "$1/root"
mount -t proc proc "$1/root/proc"
mount -t tmpfs run "$1/root/run"
mkdir "$1/root/run/handed"
mount --bind "$2" "$1/root/run/handed"
ip link set lo up
ip addr add 192.0.2.10/32 dev lo
`;

/** Mounts live in a namespace of this process alone: it ends with its stdin, and they with it. */
const SET_UP = `
${LAY_OUT_ROOT}
mount --rbind /dev "$1/root/dev"
echo ready
exec cat
`;

/** What dpkg, its triggers and their caches keep for themselves. */
const BOOKS =
  /^\/(var\/(lib\/dpkg|log|cache)\/|usr\/share\/(applications\/mimeinfo\.cache|icons\/hicolor\/icon-theme\.cache|mime\/))/;

/** Stands before systemctl: notes what is asked, and does what needs no systemd that runs, since none does inside. */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >>/run/systemctl.calls
case " $* " in
*" enable "* | *" disable "* | *" is-enabled "*) SYSTEMD_OFFLINE=1 exec /usr/bin/systemctl "$@" ;;
esac
`;

/**
 * This machine's file system as a root of its own, in which every change is its own, with a network stack and so
 * network sysctls of its own: a Debian to install into that costs nothing and leaves nothing.
 */
export class ThrowawayRoot {
  readonly #dir: string;
  readonly #holder: ChildProcess;

  private constructor(dir: string, holder: ChildProcess) {
    this.#dir = dir;
    this.#holder = holder;
  }

  /**
   * @param dir an empty folder
   * @param handed a folder to be seen inside as `/run/handed`
   * @param systemd does systemd seem to run inside?
   */
  static async make(dir: string, handed: string, systemd: boolean): Promise<ThrowawayRoot> {
    const holder = spawn("unshare", ["--mount", "--net", "sh", "-c", SET_UP, "sh", dir, handed], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once("data", () => resolve());
      holder.once("exit", (code) => reject(new Error(`no root was made: exit ${code}`)));
    });
    const root = new ThrowawayRoot(dir, holder);
    root.write("/usr/local/bin/systemctl", SYSTEMCTL);
    root.sh("chmod 755 /usr/local/bin/systemctl");
    if (systemd) root.sh("mkdir -p /run/systemd/system");
    return root;
  }

  /** Runs a line of shell inside, as root or as nobody, and returns what it printed. */
  sh(line: string, { asNobody = false } = {}): string {
    return execFileSync("nsenter", this.#inside(line, asNobody), {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    }).trim();
  }

  /** Starts a program inside as nobody. */
  startAsNobody(line: string): ChildProcess {
    return spawn("nsenter", this.#inside(`exec ${line}`, true), {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  write(path: string, text: string): void {
    execFileSync("nsenter", this.#inside(`cat >${path}`, false), { input: text });
  }

  /** What was asked of systemctl since this was last asked. */
  systemctlCalls(): string[] {
    const calls = this.sh("touch /run/systemctl.calls && cat /run/systemctl.calls");
    this.sh("rm /run/systemctl.calls");
    return calls.split("\n").filter(Boolean);
  }

  /** Files that are there and were not, or are others than on this machine; the package manager's books left out. */
  changedFiles(): string[] {
    const changed = join(`/proc/${this.#holder.pid}/root`, this.#dir, "changed");
    return readdirSync(changed, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name).slice(changed.length))
      .filter((path) => !BOOKS.test(path) && path !== "/usr/local/bin/systemctl")
      .sort();
  }

  unprivilegedPortStart(): number {
    return Number(this.sh("cat /proc/sys/net/ipv4/ip_unprivileged_port_start"));
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#holder.once("exit", resolve));
    this.#holder.stdin?.end();
    await ended;
  }

  #inside(line: string, asNobody: boolean): string[] {
    const user = asNobody ? ["--userspec=65534:65534"] : [];
    const enter = ["--target", String(this.#holder.pid), "--mount", "--net"];
    return [...enter, "chroot", ...user, join(this.#dir, "root"), "sh", "-c", line];
  }
}

/** May such a root be made here? */
export function mayMakeRoots(): boolean {
  return (
    process.getuid?.() === 0 && readFileSync("/proc/filesystems", "utf8").includes("\toverlay\n")
  );
}
