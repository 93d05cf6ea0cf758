import type { SamplePoint, SamplesEvent } from "../contract/console-api.ts";
import { COMMIT_AFTER_MS } from "../server/run/artifact-log.ts";
import { DOCTOR, host, runningRun, summaryOf } from "../test/fakes/console-data.ts";
import { type FakeConsole, startFakeConsole } from "../test/fakes/console-server.ts";

/** Sensors as a two-socket server has them; the first three are what a tile shows. */
const SENSORS: readonly (readonly [sensor: string, unit: string, idle: number])[] = [
  ["cpu.package.temp[0]", "Cel", 58],
  ["cpu.package.temp[1]", "Cel", 61],
  ["psu.power", "W", 380],
  ...[1, 2, 3, 4, 5, 6].map((fan) => [`fan.speed[${fan}]`, "{rpm}", 9000] as const),
  ...["A1", "A2", "B1", "B2"].map((slot) => [`memory.temp[${slot}]`, "Cel", 44] as const),
  ...["sda", "nvme0"].map((disk) => [`disk.temp[${disk}]`, "Cel", 39] as const),
  ...["12 V", "5 V"].map((rail) => [`psu.rail[${rail}]`, "V", 12] as const),
  ["cpu.clock[0]", "Hz", 2.6e9],
  ["cpu.clock[1]", "Hz", 2.6e9],
  ["nic.throughput[eno1]", "By/s", 1.1e9],
];
export const SENSOR_COUNT = SENSORS.length;

const SECOND_MS = 1000;
/** Agents send once a second, each at its own moment; the console tells what it committed so many times a second. */
const MOMENTS = SECOND_MS / COMMIT_AFTER_MS;
/** A reporter's heartbeat, which the console tells as a change of its host. */
const HEARTBEAT_S = 30;
/** An agent's log lines. */
const LOG_S = 5;

export interface ManyHosts {
  readonly console: FakeConsole;
  /** Begins to send; each host 20 samples a second, with the heartbeats, log lines and changes of state of a busy lab. */
  begin(): void;
  stop(): Promise<void>;
}

/** A console whose `count` hosts are all in the middle of a run. */
export async function startManyHosts(rendererDir: string, count: number): Promise<ManyHosts> {
  const nowMs = Date.now();
  const hosts = Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    const run = summaryOf(runningRun({ id: 1000 + id, hostId: id, hostName: `node${id}` }));
    const mac = `52:54:00:00:${two(id >> 8)}:${two(id & 255)}`;
    const serial = `7XK${String(id).padStart(4, "0")}`;
    const lastSeen = new Date(nowMs).toISOString();
    return host({ id, name: `node${id}`, macs: [mac], serial, lastSeen, run });
  });
  const fake = await startFakeConsole(rendererDir, {
    ...{ hosts, runs: [], series: [], logs: [], discovered: [] },
    doctor: DOCTOR,
  });
  let moment = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const send = () => {
    const t = Date.now();
    const second = Math.floor(moment / MOMENTS);
    const runs: SamplesEvent["runs"] = [];
    for (let index = moment % MOMENTS; index < count; index += MOMENTS) {
      const one = fake.data.hosts[index]!;
      const runId = one.run!.id;
      runs.push({ runId, points: samplesOf(index, second, t) });
      if (second % HEARTBEAT_S === index % HEARTBEAT_S) {
        const lastSeen = new Date(t).toISOString();
        fake.publish({ type: "host", host: { ...one, lastSeen } });
      }
      if (second % LOG_S === index % LOG_S) {
        const line = {
          stage: "Storage",
          level: "info",
          source: "fio",
          text: "read 512 MiB",
        } as const;
        const sequence = second + 1;
        fake.publish({
          type: "log",
          runId,
          lines: [{ ...line, sequence, t: new Date(t).toISOString() }],
        });
      }
    }
    fake.publish({ type: "samples", runs });
    // Each second another host goes from Storage to Network or back: its tile is drawn anew.
    if (moment % MOMENTS === 0) {
      const run = fake.data.hosts[(second * 7) % count]!.run!;
      const state = Math.floor((second * 7) / count) % 2 === 0 ? "Network" : "Storage";
      fake.publish({ type: "run", run: { ...run, state, stateSince: new Date(t).toISOString() } });
    }
    moment += 1;
  };
  return {
    console: fake,
    begin: () => {
      timer ??= setInterval(send, SECOND_MS / MOMENTS);
    },
    stop: () => {
      clearInterval(timer);
      return fake.stop();
    },
  };
}

function samplesOf(of: number, second: number, t: number): SamplePoint[] {
  return SENSORS.map(([sensor, unit, idle], index) => {
    const swing = Math.sin((second + of * 3 + index) / 11) * 0.08;
    return [sensor, unit, t, Number((idle * (1 + swing)).toPrecision(4))];
  });
}

function two(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
