import { diffFirmware } from "../../contract/firmware.ts";
import type { ReportInput } from "../report/html.ts";
import type { Store } from "../run/ports.ts";
import type { RunService } from "../run/service.ts";

/** Enough for a plot the width of a page; min and max are kept, so no spike is lost. */
const POINTS_PER_PLOT = 300;

interface ReportSources {
  readonly service: Pick<RunService, "run" | "host">;
  readonly store: Pick<Store, "runs" | "samples" | "firmware">;
  readonly now: () => number;
}

/** Gathers everything that the report of a run is made of; null when there is no such run. */
export function reportInput(
  { service, store, now }: ReportSources,
  runId: number,
): ReportInput | null {
  const run = service.run(runId);
  if (!run.ok) return null;
  const host = service.host(run.value.hostId);
  if (!host.ok) throw new Error(`run ${runId} belongs to no host`);
  const firmware = store.firmware.get(runId);
  const spec = store.runs.get(runId)?.spec ?? null;
  return {
    run: run.value,
    host: host.value,
    firmware,
    firmwareDiff: spec === null || firmware === null ? null : diffFirmware(spec.firmware, firmware),
    series: run.value.sensors
      .map(({ sensor }) =>
        store.samples.series(runId, { sensor, fromMs: null, toMs: null, points: POINTS_PER_PLOT }),
      )
      .filter((series) => series !== null),
    generatedAt: new Date(now()).toISOString(),
  };
}
