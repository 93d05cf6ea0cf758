import type { RunDetail } from "../../contract/console-api.ts";
import type { Measurement } from "../../contract/stage-result.ts";
import type { StageName } from "../../contract/stages.ts";
import { type Margin, marginOf } from "../../contract/wording/margin.ts";

export interface MeasurementRow extends Measurement {
  readonly key: string;
  /** As the stage that measured it calls it; null for an agent that told no catalogue. */
  readonly title: string | null;
  readonly stage: StageName;
  readonly attempt: number;
  /** A later attempt of the same stage measured anew: this one no longer counts. */
  readonly superseded: boolean;
  readonly margin: Margin;
}

/** Those that need a look first. */
const ORDER: Readonly<Record<Margin["standing"], number>> = {
  beyond: 0,
  marginal: 1,
  within: 2,
  unlimited: 3,
};

/** Every measurement of every attempt: beyond its limit, then marginal, then the rest in the order of the stages. */
export function measurementRows(run: Pick<RunDetail, "stages" | "catalogue">): MeasurementRow[] {
  const titles = new Map(
    run.catalogue?.stages.flatMap(({ name, measurements }) =>
      measurements.map((one) => [`${name} ${one.name}`, one.title] as const),
    ),
  );
  const last = new Map(run.stages.map(({ stage, attempt }) => [stage, attempt]));
  return run.stages
    .flatMap(({ id, stage, attempt, measurements }) =>
      measurements.map((measured, index) => ({
        ...measured,
        key: `${id} ${index}`,
        title: titles.get(`${stage} ${measured.name}`) ?? null,
        stage,
        attempt,
        superseded: attempt < (last.get(stage) ?? attempt),
        margin: marginOf(measured),
      })),
    )
    .sort(
      (a, b) =>
        Number(a.superseded) - Number(b.superseded) ||
        ORDER[a.margin.standing] - ORDER[b.margin.standing],
    );
}
