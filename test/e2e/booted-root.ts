import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
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
  readonly #holder: ChildProcess;

  /**
   * @param dir an empty folder
   * @param handed a folder to be seen inside as `/run/handed`
   * @param before a line of shell that is run inside before systemd starts
   */
  constructor(dir: string, handed: string, before: string) {
    this.#dir = dir;
    const namespaces = ["--mount", "--net", "--pid", "--cgroup", "--uts", "--ipc"];
    const args = [...namespaces, "--fork", "--kill-child", "sh", "-c", BOOT, "sh"];
    this.#holder = spawn("unshare", [...args, dir, handed, before], {
      stdio: ["ignore", "ignore", "pipe"],
    });
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
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#holder.once("exit", resolve));
    this.#holder.kill("SIGKILL");
    await ended;
  }
}
