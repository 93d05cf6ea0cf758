import type { StageAttempt } from "../console-api.ts";
import { sensorMatches } from "../sensor-name.ts";
import type { Threshold } from "../vetting-config.ts";
import { STAGE_TITLES } from "./status-table.ts";

export interface LimitLine {
  readonly value: number;
  readonly severity: Threshold["severity"];
}

/**
 * The limits to draw over a sensor: the numbers of the thresholds that cover it, and the limits that were
 * breached (which is how a limit that the sensor itself declares becomes known). Each value once.
 */
export function limitLines(
  sensor: string,
  thresholds: readonly Threshold[],
  stages: readonly Pick<StageAttempt, "breaches">[],
): LimitLine[] {
  const lines = new Map<number, LimitLine>();
  const add = (value: number | undefined, severity: Threshold["severity"]) => {
    if (value === undefined || lines.get(value)?.severity === "fail") return;
    lines.set(value, { value, severity });
  };
  for (const threshold of thresholds) {
    if (!sensorMatches(threshold.sensor, sensor)) continue;
    add(typeof threshold.max === "number" ? threshold.max : undefined, threshold.severity);
    add(threshold.min, threshold.severity);
  }
  for (const breach of stages.flatMap((stage) => stage.breaches)) {
    if (breach.sensor === sensor) add(breach.limit, breach.severity);
  }
  return [...lines.values()];
}

/** What a threshold asks, in words: `above 95 °C for 10 s fails the stage`. The unit comes from the samples. */
export function thresholdText(threshold: Threshold, quantity: (value: number) => string): string {
  const limits = [
    ...(threshold.max === undefined
      ? []
      : [
          typeof threshold.max === "number"
            ? `above ${quantity(threshold.max)}`
            : "at the sensor's own critical limit",
        ]),
    ...(threshold.min === undefined ? [] : [`below ${quantity(threshold.min)}`]),
  ].join(" or ");
  const held = threshold.forSeconds === 0 ? "at once" : `for ${threshold.forSeconds} s`;
  const where =
    threshold.stages === undefined
      ? ""
      : ` in ${threshold.stages.map((stage) => STAGE_TITLES[stage]).join(", ")}`;
  return `${limits} ${held}${where} ${threshold.severity === "fail" ? "fails the stage" : "warns"}`;
}
