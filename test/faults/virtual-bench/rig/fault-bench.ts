import type { RunDetail } from "../../../../contract/console-api.ts";
import type { StageName } from "../../../../contract/stages.ts";
import { InstalledSystem } from "../../../netboot/rig/installed-system.ts";
import { leasedAddresses } from "../../../netboot/rig/lab-folders.ts";
import { BOOT_TIMEOUT_S, NetbootBench } from "../../../netboot/rig/netboot-bench.ts";
import { knock, SshKey, sshAsRoot } from "../../../netboot/rig/secure-shell.ts";
import { until } from "../../../netboot/rig/until.ts";
import type { VirtualMachine } from "../../../netboot/rig/virtual-machine.ts";
import type { FaultMachine } from "./fault-machine.ts";

/** No longer than it takes every tool to get some work done under software emulation. */
const SHORT_PROFILE = {
  SMART: { selfTest: "none" },
  CPUStress: { cpuSeconds: 3, ramSeconds: 20, settleSeconds: 0 },
  Storage: { readSeconds: 1, writeSeconds: 1 },
  Network: { secondsPerDirection: 3, streamsPer10G: 1, floorShare: 0 },
  // One turn of the memory worker, beside everything else: half a minute on a machine to itself.
  Burn: { seconds: 90, settleSeconds: 0 },
  GPU: { seconds: 2 },
};

/** A machine that is shared is at times several times slower. */
export const STAGE_TIMEOUT_S = 300;

const NO_TIMER = "8254 timer not connected";

/** One console, one machine and one run, which holds at a fault and is overridden into the next. */
export class FaultBench {
  readonly machine: VirtualMachine;
  readonly bench: NetbootBench;
  readonly #key: SshKey;
  runId = 0;

  private constructor(bench: NetbootBench, machine: VirtualMachine, key: SshKey) {
    this.bench = bench;
    this.machine = machine;
    this.#key = key;
  }

  /**
   * A console, and the machine still switched off.
   * @param name names the files
   * @param vetting further keys of vetting.yaml
   */
  static async start(name: string, { parts }: FaultMachine, vetting: object): Promise<FaultBench> {
    const key = new SshKey(name);
    const bench = await NetbootBench.start(name, {
      ...vetting,
      agent: { sshKeys: [key.publicKey], lostAfterSeconds: 10 },
      profiles: { short: SHORT_PROFILE },
    });
    return new FaultBench(bench, bench.machine("bios-ipxe", parts), key);
  }

  /**
   * Starts the run, and lets the machine boot into the live image and the agent claim the run.
   * @param switchedOn breaks what is to be broken from the first moment on
   */
  async bootIntoRun(
    nonDestructive: boolean,
    switchedOn: () => Promise<void> = async () => {},
  ): Promise<void> {
    const system = new InstalledSystem(this.bench.console, this.machine);
    await system.register();
    await system.heartbeat();
    const request = { profile: "short", nonDestructive };
    ({ runId: this.runId } = await this.bench.console.startRun(system.hostId, request));
    await until("the reboot command", 30, async () => {
      return (await system.heartbeat()) === "reboot_for_vetting";
    });
    await this.machine.powerOn();
    await switchedOn();
    await this.claims(1);
  }

  /**
   * Waits until the agent has claimed the run in that many boots.
   *
   * On a busy machine QEMU's timer comes so late that the guest's kernel believes to have none, and stands still before
   * it says another word: the reset button, as for any machine that hangs in its boot.
   */
  async claims(wanted: number): Promise<void> {
    let stuck = this.machine.serial.split(NO_TIMER).length - 1;
    await until(
      `the agent has claimed the run in ${wanted} boots`,
      2 * BOOT_TIMEOUT_S,
      async () => {
        if (this.machine.serial.split(NO_TIMER).length - 1 > stuck) {
          stuck += 1;
          await this.machine.reset();
        }
        const { boots } = await this.run();
        return boots.filter(({ progress }) => progress.kind === "claimed").length >= wanted;
      },
    );
  }

  run(): Promise<RunDetail> {
    return this.bench.console.run(this.runId);
  }

  /** Waits until the run holds. */
  hold(timeoutS = BOOT_TIMEOUT_S): Promise<RunDetail> {
    return this.bench.runReaches(this.runId, ["FailedHolding"], timeoutS);
  }

  /** Waits until the run is in a stage. */
  reaches(stage: StageName): Promise<RunDetail> {
    return this.bench.runReaches(this.runId, [stage], 2 * STAGE_TIMEOUT_S);
  }

  /** Waits until the run has passed. */
  passes(): Promise<RunDetail> {
    return this.bench.runReaches(this.runId, ["Passed"], 4 * STAGE_TIMEOUT_S);
  }

  /** Enters the stage that failed again: the fault must have been mended by then. */
  async override(): Promise<void> {
    const reason = "The part was replaced.";
    const path = `runs/${this.runId}/override`;
    const answer = await this.bench.console.api("POST", path, { reason });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  }

  /** Waits until the agent says something in a stage's present attempt: the moment at which a fault strikes. */
  async says(stage: StageName, words: RegExp, timeoutS = STAGE_TIMEOUT_S): Promise<void> {
    let attempts = 0;
    await until(`the agent says ${words} in ${stage}`, timeoutS, async () => {
      const { state, reason, stages } = await this.run();
      if (state === "FailedHolding") throw new Error(`The run holds: ${reason}`);
      attempts = stages.filter((attempt) => attempt.stage === stage).length;
      const lines = await this.#lines(stage);
      const begun = lines.filter((text) => text === `${stage} begins.`).length;
      const present = lines.slice(lines.lastIndexOf(`${stage} begins.`));
      return begun === attempts && attempts > 0 && present.some((text) => words.test(text));
    });
  }

  /** Runs a command on the held machine, as whoever looks into the fault would. */
  async shell(command: string): Promise<string> {
    let address = "";
    await until("sshd answers", STAGE_TIMEOUT_S, async () => {
      for (const leased of leasedAddresses(this.machine.mac)) {
        if ((await knock(leased, 22)) === "open") address = leased;
      }
      return address !== "";
    });
    const answer = await sshAsRoot(address, this.#key, { command: [command] });
    if (answer.exitCode !== 0) throw new Error(`${command}: ${answer.stderr}${answer.stdout}`);
    return answer.stdout;
  }

  async end(): Promise<void> {
    await this.bench.end();
  }

  async #lines(stage: StageName): Promise<readonly string[]> {
    const { body } = await this.bench.console.api<{ lines: { stage: string; text: string }[] }>(
      "GET",
      `runs/${this.runId}/logs`,
    );
    return body.lines.filter((line) => line.stage === stage).map(({ text }) => text);
  }
}
