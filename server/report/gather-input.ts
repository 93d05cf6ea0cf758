import type { HostSummary, RunDetail } from "../../contract/console-api.ts";
import { diffFirmware } from "../../contract/firmware.ts";
import type { Store } from "../run/ports.ts";
import type { ReportInput } from "./input.ts";

/** Enough for a plot the width of a page; min and max are kept, so no spike is lost. */
const POINTS_PER_PLOT = 300;

/** Gathers everything that the report of a run is made of. */
export function gatherReportInput(
  run: RunDetail,
  host: HostSummary,
  store: Pick<Store, "runs" | "samples" | "firmware">,
  nowMs: number,
): ReportInput {
  const firmware = store.firmware.get(run.id);
  const spec = store.runs.get(run.id)?.spec ?? null;
  const whole = { fromMs: null, toMs: null, points: POINTS_PER_PLOT };
  return {
    run,
    host,
    firmware,
    firmwareDiff: spec === null || firmware === null ? null : diffFirmware(spec.firmware, firmware),
    series: store.samples.runSeries(run.id, whole),
    generatedAt: new Date(nowMs).toISOString(),
  };
}
