/** The lab that the page's specs look at: a host in each condition, with times near now. */
import type { LogLine } from "../../contract/agent-api.ts";
import {
  at,
  DOCTOR,
  FIRMWARE,
  gappyRun,
  holdingRun,
  host,
  runningRun,
  SERIES,
  startOf,
  summary,
  summaryOf,
} from "../fakes/console-data.ts";
import type { FakeData } from "../fakes/console-server.ts";

/** Moves every time of the fixtures so that the running run is two minutes into Storage. */
export function fakeLab(nowMs = Date.now()): FakeData {
  const holding = holdingRun({
    access: {
      user: "root",
      addresses: ["10.0.0.7"],
      port: 22,
      hostKeyFingerprint: `SHA256:${"Ab+/".repeat(10)}abc`,
    },
    hold: { chassisLed: "lit", noLogin: null },
  });
  const running = runningRun();
  const gappy = gappyRun({ id: 6, hostId: 3, hostName: "vega" });
  const data: FakeData = {
    runs: [gappy, holding, running],
    hosts: [
      host({ run: summaryOf(holding) }),
      host({
        id: 2,
        name: "rigel",
        serial: "7XK2P34",
        macs: ["52:54:00:12:34:57"],
        run: summaryOf(running),
      }),
      host({ id: 3, name: "vega", simulated: true, run: summaryOf(gappy) }),
      host({ id: 4, name: "altair", product: "PowerEdge R740", run: null }),
      host({
        id: 5,
        name: "deneb",
        online: false,
        run: null,
        lastSeen: at(-86_400 * 2),
      }),
      host({
        id: 6,
        name: "polaris",
        vendor: "Supermicro",
        product: "SYS-6029P-TR",
        run: summary({ id: 5, hostId: 6, hostName: "polaris" }),
      }),
    ],
    series: SERIES,
    logs: LOG,
    firmware: {
      8: FIRMWARE,
      9: FIRMWARE,
      6: FIRMWARE.map((row) => (row.component === "nic" ? { ...row, version: "22.0.9" } : row)),
    },
    pins: [
      { component: "bios", version: "2.19.1" },
      { component: "nic", version: "22.40.1" },
      { component: "nvme", version: "E2MU200" },
    ],
    evidence: { 1: DMESG, 2: "1 | 03/02/2026 | 09:07:11 | Temperature #0x0f | Upper Critical\n" },
    doctor: DOCTOR,
    discovered: [
      {
        mac: "52:54:00:99:88:77",
        uuid: "4c4c4544-0058-4b10-8032-b7c04f503399",
        platform: "efi",
        firstSeen: at(600),
        lastSeen: at(900),
      },
    ],
  };
  return shiftTimes(data, nowMs - Date.parse(at(startOf("Storage") + 120)));
}

const LOG: LogLine[] = [
  ["info", "agent", "CPUStress begins: 64 workers, then 57.5 GiB of memory."],
  ["debug", "stress-ng", "stress-ng: debug: [2112] 64 processors online, 64 processors configured"],
  ["info", "stress-ng", "stress-ng: info:  [2112] dispatching hogs: 64 cpu"],
  ["warn", "kernel", "mce: CPU41: Package temperature above threshold, cpu clock throttled"],
  ["error", "agent", "CPUStress is ended: the console reports a breach of cpu.package.temp[1]."],
].map(([level, source, text], index) => ({
  sequence: index + 1,
  stage: "CPUStress",
  t: at(startOf("CPUStress") + index * 30),
  level: level as LogLine["level"],
  source: source!,
  text: text!,
}));

const DMESG = Array.from({ length: 4000 }, (_, index) =>
  index === 3210
    ? "[ 3210.000000] mce: CPU41: Package temperature above threshold, cpu clock throttled"
    : `[ ${index}.000000] kernel: line ${index} of what the kernel had to say`,
).join("\n");

const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** Adds to every ISO time and every point of a series. */
function shiftTimes<T>(value: T, ms: number): T {
  if (typeof value === "string" && ISO.test(value)) {
    return new Date(Date.parse(value) + ms).toISOString() as T;
  }
  if (Array.isArray(value)) {
    const isPoint = value.length === 4 && value.every((one) => typeof one === "number");
    return (
      isPoint ? [value[0] + ms, ...value.slice(1)] : value.map((v) => shiftTimes(v, ms))
    ) as T;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, shiftTimes(entry, ms)]),
  ) as T;
}
