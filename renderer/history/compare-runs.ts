import type { RunDetail, StageAttempt } from "../../contract/console-api.ts";
import type { Measurement } from "../../contract/stage-result.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { secondsBetween, standing } from "../../contract/wording/format.ts";
import { type StageStanding, stageStanding } from "../../contract/wording/status-table.ts";

export interface ComparedStage {
  readonly stage: StageName;
  readonly standings: readonly [StageStanding, StageStanding];
  /** Of the last attempt; null while it runs, or when there was none. */
  readonly seconds: readonly [number | null, number | null];
  readonly attempts: readonly [number, number];
  /** The stage came out otherwise, or took another number of attempts. */
  readonly differs: boolean;
}

/** The eleven stages of two runs beside each other. */
export function compareStages(a: RunDetail, b: RunDetail): ComparedStage[] {
  return STAGES.map((stage) => {
    const [left, right] = [attemptsOf(a, stage), attemptsOf(b, stage)];
    const standings = [stageStanding(left, a.state), stageStanding(right, b.state)] as const;
    return {
      stage,
      standings,
      seconds: [lastSeconds(left), lastSeconds(right)],
      attempts: [left.length, right.length],
      differs: standings[0] !== standings[1] || left.length !== right.length,
    };
  });
}

export type MeasurementStanding = ReturnType<typeof standing> | "absent";

export interface ComparedMeasurement {
  /** Stage, name and item, and its place among those that have them in common. */
  readonly key: string;
  readonly stage: StageName;
  readonly name: string;
  readonly item: string | null;
  readonly values: readonly [Measurement | null, Measurement | null];
  readonly standings: readonly [MeasurementStanding, MeasurementStanding];
  /** Second less first, in their unit; null when one is absent or the units differ. */
  readonly difference: number | null;
  /** Of the first; null when there is no difference to be told, or the first is zero. */
  readonly percent: number | null;
}

/**
 * The measurements of the last attempts, joined by stage, name and item. What is beyond a limit in one of them comes
 * first, then what only one of them has, then what differs most.
 */
export function compareMeasurements(a: RunDetail, b: RunDetail): ComparedMeasurement[] {
  const rows = new Map<string, [Joined | null, Joined | null]>();
  for (const [side, run] of [a, b].entries()) {
    for (const one of lastMeasurements(run)) {
      const row = rows.get(one.key) ?? [null, null];
      row[side] = one;
      rows.set(one.key, row);
    }
  }
  return [...rows.values()].flatMap(compared).sort(byWeight);
}

interface Joined {
  readonly key: string;
  readonly stage: StageName;
  readonly measurement: Measurement;
}

/** A stage may measure one thing several times under one name: they are joined in their order. */
function lastMeasurements(run: RunDetail): Joined[] {
  const seen = new Map<string, number>();
  return STAGES.flatMap((stage) => attemptsOf(run, stage).at(-1) ?? []).flatMap(
    ({ stage, measurements }) =>
      measurements.map((measurement) => {
        const name = JSON.stringify([stage, measurement.name, measurement.item ?? null]);
        const times = (seen.get(name) ?? 0) + 1;
        seen.set(name, times);
        return { key: `${name} ${times}`, stage, measurement };
      }),
  );
}

function compared([left, right]: [Joined | null, Joined | null]): ComparedMeasurement[] {
  const one = left ?? right;
  if (one === null) return [];
  const [first, second] = [left?.measurement ?? null, right?.measurement ?? null];
  const comparable = first !== null && second !== null && first.unit === second.unit;
  const difference = comparable ? second.value - first.value : null;
  return [
    {
      key: one.key,
      stage: one.stage,
      name: one.measurement.name,
      item: one.measurement.item ?? null,
      values: [first, second],
      standings: [standingOf(first), standingOf(second)],
      difference,
      percent:
        difference === null || first === null || first.value === 0
          ? null
          : (difference / Math.abs(first.value)) * 100,
    },
  ];
}

function standingOf(measurement: Measurement | null): MeasurementStanding {
  return measurement === null ? "absent" : standing(measurement);
}

function byWeight(a: ComparedMeasurement, b: ComparedMeasurement): number {
  return (
    rankOf(a) - rankOf(b) ||
    weightOf(b) - weightOf(a) ||
    STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) ||
    a.name.localeCompare(b.name) ||
    (a.item ?? "").localeCompare(b.item ?? "", undefined, { numeric: true })
  );
}

function rankOf({ standings }: ComparedMeasurement): number {
  if (standings.includes("beyond")) return 0;
  return standings.includes("absent") ? 1 : 2;
}

/** From zero to something is more than any share. */
function weightOf({ difference, percent }: ComparedMeasurement): number {
  if (difference === null || difference === 0) return 0;
  return percent === null ? Number.POSITIVE_INFINITY : Math.abs(percent);
}

/** What makes two runs hard to compare, in words. */
export function cautions(a: RunDetail, b: RunDetail): string[] {
  const product = ({ inventory }: RunDetail) => inventory?.system.product ?? null;
  return [
    ...(a.profile === b.profile
      ? []
      : [`The profiles differ (${a.profile}, ${b.profile}): work and durations differ with them.`]),
    ...(a.nonDestructive === b.nonDestructive
      ? []
      : ["One of them wrote to the disks and the other only read them."]),
    ...(product(a) === null || product(b) === null || product(a) === product(b)
      ? []
      : [`The models differ (${product(a)}, ${product(b)}).`]),
    ...[a, b]
      .filter(({ verdict }) => verdict === null)
      .map(({ id }) => `Run ${id} is under way: what it has not come to is not there yet.`),
  ];
}

function attemptsOf(run: RunDetail, stage: StageName): StageAttempt[] {
  return run.stages.filter((attempt) => attempt.stage === stage);
}

function lastSeconds(attempts: readonly StageAttempt[]): number | null {
  const last = attempts.at(-1);
  return last === undefined ? null : secondsBetween(last.startedAt, last.endedAt);
}
