import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { LAY_OUT_ROOT } from "./throwaway-root.ts";

/** No device of this machine but the harmless ones, no terminal, and only what basic.target wants. */
const BOOT = `
${LAY_OUT_ROOT}
cd "$1/root"
mount -t sysfs sys sys
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for node in null zero full random urandom tty; do
  touch dev/$node
  mount --bind /dev/$node dev/$node
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 pts dev/pts
ln -s pts/ptmx dev/ptmx
chroot . sh -ec "$3" >&2
exec env -i container=vetting-test PATH=/usr/sbin:/usr/bin \
  chroot . /lib/systemd/systemd systemd.unit=basic.target >/dev/null
`;

/** A throwaway root in which systemd runs as process 1, with processes, network and control groups of its own. */
export class BootedRoot {
  readonly #dir: string;
  readonly #cgroup: string;
  readonly #holder: ChildProcess;

  /**
   * @param dir an empty folder
   * @param handed a folder to be seen inside as `/run/handed`
   * @param before a line of shell that is run inside before systemd starts
   */
  constructor(dir: string, handed: string, before: string) {
    this.#dir = dir;
    const namespaces = ["--mount", "--net", "--pid", "--cgroup", "--uts", "--ipc"];
    const unshare = ["unshare", ...namespaces, "--fork", "--kill-child", "sh", "-c", BOOT, "sh"];
    // Systemd rules over the group that it starts in: one of its own, not that of whoever runs the tests.
    this.#cgroup = join(ownCgroup(), `vetting-test-${process.pid}`);
    mkdirSync(this.#cgroup);
    const intoGroup = 'echo $$ >"$0/cgroup.procs" && exec "$@"';
    const args = ["-c", intoGroup, this.#cgroup, ...unshare, dir, handed, before];
    this.#holder = spawn("sh", args, { stdio: ["ignore", "ignore", "pipe"] });
  }

  /** Runs a line of shell inside and returns what it printed, on either stream and whatever its exit code. */
  sh(line: string): string {
    const { pid } = this.#holder;
    const [first = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    const enter = ["--target", first, "--mount", "--net", "--pid", "--cgroup"];
    const inside = ["chroot", join(this.#dir, "root"), "sh", "-c", `{ ${line}; } 2>&1 || true`];
    return execFileSync("nsenter", [...enter, ...inside], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Is everything up that was to come up? False while it is not, and before one can ask. */
  isUp(): boolean {
    try {
      return /^(running|degraded)$/.test(this.sh("systemctl is-system-running"));
    } catch {
      return false;
    }
  }

  async end(): Promise<void> {
    if (this.#holder.exitCode === null && this.#holder.signalCode === null) {
      const ended = new Promise((resolve) => this.#holder.once("exit", resolve));
      this.#holder.kill("SIGKILL");
      await ended;
    }
    // The kernel takes a moment to bury what was killed.
    for (let tries = 50; !removeCgroup(this.#cgroup); tries -= 1) {
      if (tries === 0) throw new Error(`${this.#cgroup} is still in use`);
      await wait(100);
    }
  }
}

/** The folder of the control group that this process is in. */
function ownCgroup(): string {
  const [, mounted] = / (\S+) cgroup2 /.exec(readFileSync("/proc/mounts", "utf8")) ?? [];
  const [, path] = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8")) ?? [];
  if (mounted === undefined || path === undefined) throw new Error("cgroup2 is not mounted");
  return join(mounted, path);
}

/** @returns whether it is gone, with all groups inside */
function removeCgroup(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeCgroup(join(folder, entry.name));
    }
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
