import type { SeriesResponse, StageAttempt } from "../../../contract/console-api.ts";
import { sensorMatches } from "../../../contract/sensor-name.ts";
import type { Threshold } from "../../../contract/vetting-config.ts";
import { type Artifact, stepArtifact } from "./artifact.ts";

/**
 * One sensor within one step. A time bucket gives its least and its greatest value, so that no spike is lost and the
 * file stays bounded; a bucket of a single value gives that value.
 */
export function seriesArtifacts(
  stepId: string,
  { stage }: Pick<StageAttempt, "stage">,
  { sensor, unit, points }: SeriesResponse,
  thresholds: readonly Threshold[],
): Artifact[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const measurementSeriesId = `${stepId} ${sensor}`;
  const meant = thresholds.filter(
    (one) => sensorMatches(one.sensor, sensor) && (one.stages?.includes(stage) ?? true),
  );
  const values = points.flatMap(([t, min, max]): [number, number, object?][] =>
    min === max
      ? [[t, min]]
      : [
          [t, min, { bucket: "minimum" }],
          [t, max, { bucket: "maximum" }],
        ],
  );
  return [
    stepArtifact(stepId, iso(first[0]), "measurementSeriesStart", {
      name: sensor,
      unit,
      measurementSeriesId,
      validators: meant.flatMap(validatorsOf),
      metadata: {
        buckets: "equal parts of the step's time, each with its least and greatest value",
        thresholds: meant,
      },
    }),
    ...values.map(([t, value, metadata], index) =>
      stepArtifact(stepId, iso(t), "measurementSeriesElement", {
        index,
        measurementSeriesId,
        value,
        timestamp: iso(t),
        ...(metadata === undefined ? {} : { metadata }),
      }),
    ),
    stepArtifact(stepId, iso(last[0]), "measurementSeriesEnd", {
      measurementSeriesId,
      totalCount: values.length,
    }),
  ];
}

/** A validator judges each value alone: a limit that must be broken for a time, or only warns, is none. */
function validatorsOf({ min, max, forSeconds, severity }: Threshold): object[] {
  if (severity !== "fail" || forSeconds > 0) return [];
  return limitValidators({ min, max: typeof max === "number" ? max : undefined });
}

/** The limits of a value, which may lie on them. */
export function limitValidators({
  min,
  max,
}: {
  min?: number | undefined;
  max?: number | undefined;
}): object[] {
  return [
    ...(min === undefined ? [] : [{ type: "GREATER_THAN_OR_EQUAL", value: min }]),
    ...(max === undefined ? [] : [{ type: "LESS_THAN_OR_EQUAL", value: max }]),
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
