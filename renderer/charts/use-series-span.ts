import { useCallback, useEffect, useSyncExternalStore } from "react";
import { loadSeriesSpan, wholeSpan } from "../live/series-history.ts";
import { type SeriesSpan, spanStore } from "../store/span-store.ts";

const subscribe = (listener: () => void) => spanStore.subscribe(listener);

/**
 * The stored part of a run between two times at full points, fetched when the span changes; null until it is there,
 * and for no span. Draw the coarse history of `seriesStore` meanwhile: it has the same extremes.
 */
export function useSeriesSpan(
  runId: number,
  span: { readonly from: number; readonly to: number } | null,
): SeriesSpan | null {
  const whole = span === null ? null : wholeSpan(span.from, span.to);
  const from = whole?.from ?? null;
  const to = whole?.to ?? null;
  useEffect(() => {
    if (from !== null && to !== null) void loadSeriesSpan(runId, from, to);
  }, [runId, from, to]);
  const read = useCallback(
    () => (from === null || to === null ? null : spanStore.get(runId, from, to)),
    [runId, from, to],
  );
  return useSyncExternalStore(subscribe, read);
}
