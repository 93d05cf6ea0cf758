/** Sensors over the whole of a run. */
import type { SeriesResponse } from "../../../contract/console-api.ts";
import { startOf } from "./stages.ts";
import { T0 } from "./times.ts";

/** A sensor over the whole run: idle, warm under load, with one spike that lasts a single sample. */
export function series(sensor: string, unit: string, idle: number, load: number): SeriesResponse {
  const points: SeriesResponse["points"] = [];
  const spikeS = startOf("CPUStress") + 128;
  for (let s = 125; s < 1280; s += 4) {
    const busy = s > startOf("CPUStress") && s < startOf("GPU");
    const mean = (busy ? load : idle) + Math.sin(s / 17) * idle * 0.04;
    const max = Math.abs(s - spikeS) <= 2 ? load * 1.32 : mean + idle * 0.02;
    points.push([T0 + s * 1000, mean - idle * 0.02, max, mean]);
  }
  return { sensor, unit, points };
}

export const SERIES: SeriesResponse[] = [
  series("cpu.package.temp[0]", "Cel", 38, 72),
  series("cpu.package.temp[1]", "Cel", 40, 76.5),
  series("psu.power", "W", 140, 380),
  series("fan.speed[1]", "{rpm}", 5200, 9800),
];
