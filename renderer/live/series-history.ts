import { type RunSeriesResponse, runSeriesResponseSchema } from "../../contract/console-api.ts";
import { type ApiFailure, type ApiResult, apiGet } from "../api/client.ts";
import { MAX_CHART_POINTS } from "../store/decimate.ts";
import { Series } from "../store/series.ts";
import { seriesStore } from "../store/series-store.ts";

/** What the console answers when its reading thread was started anew: the next question is answered. */
const TRY_AGAIN = 503;

/**
 * The stored past of every sensor of a run, in one request, into the series store. The caller flushes.
 * @returns null when it worked.
 */
export async function loadSeries(runId: number): Promise<ApiFailure | null> {
  const answer = await fetchSeries(`runs/${runId}/series/all?points=${MAX_CHART_POINTS}`);
  if (!answer.ok) return answer.failure;
  for (const series of answer.value.series) {
    // A sensor that has sent nothing yet would begin with an empty chart.
    if (series.points.length > 0) seriesStore.setHistory(runId, series);
  }
  return null;
}

/**
 * The stored part of every sensor of a run between two times, at full points: for a zoom, where the history of the
 * whole run is too coarse. Least and greatest are those of exactly the samples within, and no point lies outside.
 * It stands still: live samples go to `seriesStore` alone, and late ones come with the next question.
 * @param span ms since 1970, both ends included; asked for in whole milliseconds, rounded outwards
 * @returns the sensors by their names; one without a sample in the span has no points
 */
export async function loadSeriesSpan(
  runId: number,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ApiResult<ReadonlyMap<string, Series>>> {
  const span = `from=${Math.floor(from)}&to=${Math.ceil(to)}`;
  const answer = await fetchSeries(`runs/${runId}/series/all?${span}&points=${MAX_CHART_POINTS}`);
  if (!answer.ok) return answer;
  const series = answer.value.series.map(({ sensor, unit, points }) => {
    const one = new Series(unit);
    one.setHistory(points);
    return [sensor, one] as const;
  });
  return { ok: true, value: new Map(series) };
}

async function fetchSeries(path: string): Promise<ApiResult<RunSeriesResponse>> {
  const answer = await apiGet(path, runSeriesResponseSchema);
  if (answer.ok || answer.failure.status !== TRY_AGAIN) return answer;
  return apiGet(path, runSeriesResponseSchema);
}
