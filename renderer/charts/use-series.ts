import { useCallback, useSyncExternalStore } from "react";
import { seriesStore } from "../store/series-store.ts";

/** Draws again when one of these series changed, at most once a second; hears of no other. */
export function useSeriesVersion(keys: readonly string[]): number {
  const joined = keys.join("\n");
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = joined.split("\n").map((key) => seriesStore.subscribe(key, listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [joined],
  );
  return useSyncExternalStore(subscribe, () =>
    joined.split("\n").reduce((sum, key) => sum + seriesStore.version(key), 0),
  );
}
