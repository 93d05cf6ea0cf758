import { type RunSeriesResponse, runSeriesResponseSchema } from "../../contract/console-api.ts";
import { type ApiFailure, type ApiResult, apiGet } from "../api/client.ts";
import { MAX_CHART_POINTS } from "../store/decimate.ts";
import { Series } from "../store/series.ts";
import { seriesStore } from "../store/series-store.ts";
import { type SeriesSpan, spanStore } from "../store/span-store.ts";

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

const underWay = new Map<string, Promise<ApiResult<SeriesSpan>>>();

/**
 * The stored part of every sensor of a run between two times, at full points: for a zoom, where the history of the
 * whole run is too coarse. It is read anew each time (late samples may have come), one request for whoever asks for
 * the same meanwhile, and then stands in `spanStore`, outside of React; `useSeriesSpan` draws from there. Least and
 * greatest are those of exactly the samples within, and no point lies outside. A span that reaches into the present
 * stands still: live samples go to `seriesStore` alone.
 * @param from ms since 1970, rounded down to a whole one; @param to likewise, rounded up
 */
export function loadSeriesSpan(
  runId: number,
  from: number,
  to: number,
): Promise<ApiResult<SeriesSpan>> {
  const { from: first, to: last } = wholeSpan(from, to);
  const path = `runs/${runId}/series/all?from=${first}&to=${last}&points=${MAX_CHART_POINTS}`;
  const known = underWay.get(path);
  if (known !== undefined) return known;
  const loading = readSpan(path, runId, first, last).finally(() => underWay.delete(path));
  underWay.set(path, loading);
  return loading;
}

/** The span that is asked for and stored: the server takes whole milliseconds. */
export function wholeSpan(from: number, to: number): { from: number; to: number } {
  return { from: Math.floor(from), to: Math.ceil(to) };
}

async function readSpan(
  path: string,
  runId: number,
  from: number,
  to: number,
): Promise<ApiResult<SeriesSpan>> {
  const answer = await fetchSeries(path);
  if (!answer.ok) return answer;
  const series = new Map(
    answer.value.series.map(({ sensor, unit, points }) => {
      const one = new Series(unit);
      one.setHistory(points);
      return [sensor, one] as const;
    }),
  );
  const span = { runId, from, to, series };
  spanStore.put(span);
  return { ok: true, value: span };
}

async function fetchSeries(path: string): Promise<ApiResult<RunSeriesResponse>> {
  const answer = await apiGet(path, runSeriesResponseSchema);
  if (answer.ok || answer.failure.status !== TRY_AGAIN) return answer;
  return apiGet(path, runSeriesResponseSchema);
}
