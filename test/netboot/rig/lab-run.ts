import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runAsSelf } from "../../../build/child.mjs";
import { isAlive } from "../../../build/is-alive.ts";
import { dhcpServerCommand } from "./dhcp-server.ts";
import { LEASES_FILE, LOGS_VARIABLE, WORK_VARIABLE } from "./lab-folders.ts";
import { LAB_BRIDGE, LabNetwork } from "./lab-network.ts";

/** Ends a run that nothing else ended. */
const LONGEST_RUN = "5400";

/**
 * Builds the lab, runs a command inside it, and takes the lab down again with everything that still runs in it:
 * whatever the command did, and on SIGINT and SIGTERM too.
 * @param outDir gets `logs/`, which stays, and `work/`, which goes
 * @returns the command's exit code
 */
export async function runInLab(command: readonly string[], outDir: string): Promise<number> {
  removeAbandonedLabs();
  const work = join(outDir, "work");
  const logs = join(outDir, "logs");
  for (const folder of [work, logs]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const lab = new LabNetwork(process.pid);
  const log = openSync(join(logs, "lab-dhcp-server.log"), "w");
  try {
    lab.create();
    const stdio = ["ignore", log, log] as const;
    lab.spawn("dhcp", dhcpServerCommand(join(work, LEASES_FILE)), { stdio: [...stdio] });
    // Everything but the bulk, which is TCP.
    const capture = ["-i", LAB_BRIDGE, "-U", "-w", join(logs, "lab.pcap"), "udp or arp or icmp"];
    lab.spawn("lab", ["tcpdump", ...capture], { stdio: "ignore" });
    // A second SIGTERM after a minute's grace, should the first not be obeyed.
    const bounded = ["timeout", "--kill-after=60", LONGEST_RUN, ...command];
    return await runAsSelf("ip", ["netns", "exec", lab.lab, ...bounded], {
      env: {
        ...process.env,
        [WORK_VARIABLE]: work,
        [LOGS_VARIABLE]: logs,
        // What a test that was shot leaves in the temporary folder goes with the rest.
        TMPDIR: work,
      },
    });
  } finally {
    lab.remove();
    closeSync(log);
    rmSync(work, { recursive: true, force: true });
  }
}

/** Labs of runs that were shot: they bear the number of a process that is no more. */
function removeAbandonedLabs(): void {
  let names: string[] = [];
  try {
    names = readdirSync("/run/netns");
  } catch {
    // No namespace has been made since the machine started.
  }
  for (const name of names) {
    const id = Number(/^vetlab-(\d+)$/.exec(name)?.[1]);
    if (Number.isInteger(id) && !isAlive(id)) new LabNetwork(id).remove();
  }
}
