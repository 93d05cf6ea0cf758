import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostDetail, RunDetail, RunSummary } from "../../../contract/console-api.ts";
import type { RunState } from "../../../contract/run-state.ts";
import { ConsoleProcess } from "../../e2e/console-process.ts";
import type { Firmware } from "./firmware.ts";
import { labFolders } from "./lab-folders.ts";
import { LAB_ADDRESS } from "./lab-network.ts";
import { until } from "./until.ts";
import { type MachineParts, VirtualMachine } from "./virtual-machine.ts";

/**
 * Stages so short that a run under software emulation takes a few minutes, and long enough that every worker gets
 * something done: stress-ng fills its memory once before it counts. Every tool is the real one.
 */
const PROFILE = {
  SMART: { selfTest: "none" },
  CPUStress: { cpuSeconds: 10, ramSeconds: 30, settleSeconds: 0 },
  Storage: { readSeconds: 3, writeSeconds: 3 },
  Network: { secondsPerDirection: 3, streamsPer10G: 1, floorShare: 0 },
  Burn: { seconds: 30, settleSeconds: 0 },
  GPU: { seconds: 2 },
};
/** Long enough that a reset hits it in the middle. */
const LONG_STRESS = { CPUStress: { cpuSeconds: 300, ramSeconds: 300, settleSeconds: 0 } };

/** What these tests give a step of a boot under emulation before they call it stuck. */
export const BOOT_TIMEOUT_S = 420;

interface Further {
  readonly agent?: object;
  readonly profiles?: object;
  readonly [key: string]: unknown;
}

/** One console in the lab and the machines that boot against it. */
export class NetbootBench {
  readonly name: string;
  readonly console: ConsoleProcess;
  readonly #machines: VirtualMachine[] = [];

  private constructor(name: string, console: ConsoleProcess) {
    this.name = name;
    this.console = console;
  }

  /**
   * @param name names its files
   * @param vetting further keys of vetting.yaml; those of `agent` and `profiles` are added to the bench's own
   */
  static async start(name: string, vetting: Further = {}): Promise<NetbootBench> {
    const config = {
      ...vetting,
      profiles: { quick: PROFILE, long: { ...PROFILE, ...LONG_STRESS }, ...vetting.profiles },
      reporter: { heartbeatSeconds: 1 },
      agent: { heartbeatSeconds: 2, ...vetting.agent },
    };
    const console = new ConsoleProcess(LAB_ADDRESS, config, []);
    const bench = new NetbootBench(name, console);
    await console.start();
    const { tftpPort, dhcpPort } = console.ready;
    if (tftpPort !== 69 || dhcpPort !== 67) {
      await bench.end();
      throw new Error(`The console does not serve DHCP and TFTP: ${JSON.stringify(console.ready)}`);
    }
    return bench;
  }

  /** A new machine, still switched off. */
  machine(firmware: Firmware, parts?: MachineParts): VirtualMachine {
    const { work, logs } = labFolders();
    const index = this.#machines.length + 1;
    const name = `${this.name}-${index}`;
    const folders = { workDir: work, logDir: logs };
    const machine = new VirtualMachine({
      ...{ name, firmware, index, ...folders },
      ...(parts === undefined ? {} : { parts }),
    });
    this.#machines.push(machine);
    return machine;
  }

  async host(hostId: number): Promise<HostDetail> {
    return (await this.console.api<HostDetail>("GET", `hosts/${hostId}`)).body;
  }

  /**
   * Waits until a run is in one of these states.
   * @throws at once when the run ends or holds in another
   */
  async runReaches(
    runId: number,
    states: readonly RunState[],
    timeoutS: number,
  ): Promise<RunDetail> {
    const ends: readonly RunState[] = ["Passed", "Failed", "FailedHolding", "Cancelled"];
    let run = await this.console.run(runId);
    await until(`run ${runId} is ${states.join(" or ")}`, timeoutS, async () => {
      run = await this.console.run(runId);
      if (states.includes(run.state)) return true;
      if (!ends.includes(run.state)) return false;
      throw new Error(`Run ${runId} is ${run.state} (${run.failedStage}): ${run.reason}`);
    }).catch((error: Error) => {
      throw new Error(`${error.message} Its last boot: ${run.boots.at(-1)?.progress.sentence}`);
    });
    return run;
  }

  /** Takes everything away; what the console and the machines said stays. */
  async end(): Promise<void> {
    await this.#keepRuns();
    for (const machine of this.#machines) await machine.end();
    writeFileSync(join(labFolders().logs, `${this.name}.console.log`), this.console.stderr);
    await this.console.end();
  }

  /** Every run as the console shows it, with its log: what a failure is understood by. */
  async #keepRuns(): Promise<void> {
    const runs = (await this.console.api<RunSummary[]>("GET", "runs")).body;
    for (const { id } of runs) {
      const { body } = await this.console.api<{ lines: { text: string }[] }>(
        "GET",
        `runs/${id}/logs`,
      );
      const kept = { run: await this.console.run(id), log: body.lines.map(({ text }) => text) };
      const file = join(labFolders().logs, `${this.name}.run-${id}.json`);
      writeFileSync(file, JSON.stringify(kept, null, 2));
    }
  }
}
