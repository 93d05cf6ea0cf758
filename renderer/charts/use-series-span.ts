import { useEffect, useState } from "react";
import type { ApiFailure } from "../api/client.ts";
import { loadSeriesSpan } from "../live/series-history.ts";
import type { Series } from "../store/series.ts";

export interface FetchedSpan {
  /** By sensor; null until it is there, and for no span: the coarse history meanwhile has the same extremes. */
  readonly series: ReadonlyMap<string, Series> | null;
  readonly failure: ApiFailure | null;
  readonly busy: boolean;
}

type Answer = Omit<FetchedSpan, "busy"> & { readonly key: string };

/** Buttons are pressed in a row: only the span where they end is fetched. */
const SETTLE_MS = 150;

/** The stored part of a run between two times, in ms, at full points; fetched when the span changes. */
export function useSeriesSpan(
  runId: number,
  span: { readonly from: number; readonly to: number } | null,
): FetchedSpan {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const from = span?.from ?? null;
  const to = span?.to ?? null;
  const key = `${runId} ${from} ${to}`;
  useEffect(() => {
    if (from === null || to === null) return;
    let gone = false;
    const timer = setTimeout(() => {
      void loadSeriesSpan(runId, { from, to }).then((result) => {
        if (gone) return;
        if (result.ok) setAnswer({ key, series: result.value, failure: null });
        else setAnswer({ key, series: null, failure: result.failure });
      });
    }, SETTLE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [runId, from, to, key]);
  if (from === null) return { series: null, failure: null, busy: false };
  if (answer?.key !== key) return { series: null, failure: null, busy: true };
  return { series: answer.series, failure: answer.failure, busy: false };
}
