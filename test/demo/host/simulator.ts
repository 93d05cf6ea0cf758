import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dcmiText, sdrText, sensorText } from "./bmc-output.ts";
import { type HostFacts, logicalCpus } from "./facts.ts";
import { CPU_CLOCK, CPU_CRITICAL_C, FANS, hwmonOf, THROTTLE_COUNT } from "./host-tree.ts";
import { replaceFile } from "./write-files.ts";

export interface SimulatorOptions {
  /** A cooler that has come loose: the processors pass their critical temperature under load. */
  readonly hotCpu?: boolean;
  /** How fast a processor warms up: the time to 63 % of the way, in seconds. */
  readonly warmUpS?: number;
  /** Has the last word on what is written, by the path below the host's folder; null: the file is left alone. */
  readonly alter?: (path: string, text: string) => string | null;
}

const INLET_C = 24;
const IDLE_C = 40;
const LOADED_C = 73;
const HOT_IDLE_C = 47;
const HOT_LOADED_C = 114;
const IDLE_W = 118;
const CLOCK_TICKS_PER_S = 100;
/** A heat sink gives its heat away more slowly than it takes it. */
const COOL_DOWN_FACTOR = 4;
/** Packages are never equally warm. */
const SOCKET_OFFSET_C = 2.4;

/** What the host is doing, each 0 to 1. */
interface Load {
  readonly cpu: number;
  readonly disk: number;
  readonly network: number;
}

/**
 * The physics of a simulated host: what the fakes say that they work turns into temperatures, fan speeds, watts and
 * processor time, written where the agent and the fake ipmitool read them.
 */
export class Simulator {
  readonly #folder: string;
  readonly #host: HostFacts;
  readonly #hot: boolean;
  readonly #warmUpS: number;
  readonly #alter: (path: string, text: string) => string | null;
  #cpuC: number;
  #diskC = 32;
  #powerW = IDLE_W;
  #maxPowerW = IDLE_W;
  #uptimeS = 60;
  #throttled = 0;
  #busyTicks = 4000;
  #idleTicks = 400_000;

  constructor(
    folder: string,
    host: HostFacts,
    { hotCpu = false, warmUpS = 4, alter = (_, text) => text }: SimulatorOptions = {},
  ) {
    this.#folder = folder;
    this.#host = host;
    this.#hot = hotCpu;
    this.#warmUpS = warmUpS;
    this.#alter = alter;
    this.#cpuC = hotCpu ? HOT_IDLE_C : IDLE_C;
  }

  /** Lets `seconds` pass. */
  tick(seconds: number): void {
    const load = this.#load();
    const [idleC, loadedC] = this.#hot ? [HOT_IDLE_C, HOT_LOADED_C] : [IDLE_C, LOADED_C];
    const reach = 1 - Math.exp(-seconds / this.#warmUpS);
    const targetC = idleC + load.cpu * (loadedC - idleC);
    const slower = targetC < this.#cpuC ? COOL_DOWN_FACTOR : 1;
    const cpuReach = 1 - Math.exp(-seconds / (this.#warmUpS * slower));
    this.#cpuC += (targetC - this.#cpuC) * cpuReach;
    this.#diskC += (32 + load.disk * 17 - this.#diskC) * reach;
    const sockets = this.#host.cpu.sockets;
    const targetW = IDLE_W + sockets * 135 * load.cpu + 22 * load.disk + 9 * load.network;
    this.#powerW += (targetW - this.#powerW) * (1 - Math.exp(-seconds / 0.5));
    this.#maxPowerW = Math.max(this.#maxPowerW, this.#powerW);
    this.#uptimeS += seconds;
    const ticks = seconds * CLOCK_TICKS_PER_S * logicalCpus(this.#host.cpu);
    this.#busyTicks += ticks * Math.max(0.01, load.cpu * 0.99);
    this.#idleTicks += ticks * (1 - Math.max(0.01, load.cpu * 0.99));
    this.#write();
  }

  /** Programs that were killed leave their file behind: only those that live count. */
  #load(): Load {
    const folder = join(this.#folder, "activity");
    const working = readdirSync(folder).flatMap((pid) => {
      if (!isAlive(Number(pid))) {
        rmSync(join(folder, pid), { force: true });
        return [];
      }
      return [readWords(join(folder, pid))];
    });
    const does = (what: string) => working.some(([first]) => first === what);
    const cpu = (does("cpu") ? 1 : 0) + (does("vm") ? 0.45 : 0) + (does("disk") ? 0.06 : 0);
    return { cpu: Math.min(1, cpu), disk: does("disk") ? 1 : 0, network: does("nic") ? 1 : 0 };
  }

  #write(): void {
    const host = this.#host;
    const root = (path: string) => join("root", path);
    const out = (path: string) => join("out/ipmitool", path);
    const milli = (celsius: number) => `${Math.round(celsius * 1000)}\n`;
    const cpuTempsC = Array.from(
      { length: host.cpu.sockets },
      (_, socket) => this.#cpuC - socket * SOCKET_OFFSET_C + wobble(this.#uptimeS + socket),
    );
    cpuTempsC.forEach((celsius, socket) => {
      this.#put(root(`${hwmonOf(host, "cpu", socket)}/temp1_input`), milli(celsius));
    });
    host.disks.forEach((_, index) => {
      this.#put(root(`${hwmonOf(host, "disk", index)}/temp1_input`), milli(this.#diskC + index));
    });
    const warm = Math.max(0, this.#cpuC - IDLE_C) / (LOADED_C - IDLE_C);
    const fanRpm = 3600 + 7200 * Math.min(1, warm);
    FANS.forEach((_, index) => {
      const rpm = Math.round(fanRpm + index * 40 + 30 * wobble(this.#uptimeS + index));
      this.#put(root(`${hwmonOf(host, "board")}/fan${index + 1}_input`), `${rpm}\n`);
    });
    this.#writeProcessors(root);
    const powerW = this.#powerW + 2 * wobble(this.#uptimeS);
    const now = { cpuTempsC, inletTempC: INLET_C, fanRpm, powerW };
    this.#put(out("sdr-elist.txt"), sdrText(host, now));
    this.#put(out("sensor.txt"), sensorText(host, now));
    this.#put(out("dcmi-power.txt"), dcmiText(powerW, this.#maxPowerW, new Date()));
  }

  #writeProcessors(root: (path: string) => string): void {
    const { cpu } = this.#host;
    const throttles = this.#cpuC >= CPU_CRITICAL_C;
    const share = throttles ? 0.4 : 0.9;
    this.#put(root(CPU_CLOCK), `${Math.round(cpu.maxMHz * 1000 * share)}\n`);
    if (throttles) {
      this.#throttled += 1;
      this.#put(root(THROTTLE_COUNT), `${this.#throttled}\n`);
      if (this.#throttled === 1) this.#sayKernel(4, throttleLine(this.#throttled));
    }
    const count = logicalCpus(cpu);
    const line = (name: string, divisor: number) =>
      `${name} ${Math.round(this.#busyTicks / divisor)} 0 0 ${Math.round(this.#idleTicks / divisor)} 0 0 0 0 0 0\n`;
    const each = Array.from({ length: count }, (_, index) => line(`cpu${index}`, count));
    this.#put(root("proc/stat"), `${line("cpu ", 1)}${each.join("")}`);
  }

  #put(path: string, text: string): void {
    const altered = this.#alter(path, text);
    if (altered !== null) replaceFile(join(this.#folder, path), altered);
  }

  #sayKernel(level: number, text: string): void {
    const at = this.#uptimeS.toFixed(6).padStart(12);
    appendFileSync(join(this.#folder, "out/dmesg.raw"), `<${level}>[${at}] ${text}\n`);
  }
}

/** As drivers/thermal/intel/therm_throt.c of the kernel words it. */
function throttleLine(events: number): string {
  return `CPU0: Package temperature is above threshold, cpu clock is throttled (total events = ${events})`;
}

/** Sensors are never still; without chance, so that a test sees the same each time. */
function wobble(seconds: number): number {
  return 0.4 * Math.sin(seconds * 1.7) + 0.3 * Math.sin(seconds * 0.6);
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 1 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function readWords(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").trim().split(/\s+/);
  } catch {
    // It ended just now.
    return [];
  }
}
