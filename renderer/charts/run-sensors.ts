import { useMemo } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { SeriesStore, seriesStore } from "../store/series-store.ts";
import { type ChartGroup, type ChartWindow, chartGroups, extent } from "./chart-model.ts";
import { useSeriesVersion } from "./use-series.ts";

/** Sensors known to the server, and those whose first samples came since, a group a unit. */
export function useRunGroups(run: RunDetail): readonly ChartGroup[] {
  useSeriesVersion([SeriesStore.key(run.id, "")]);
  const known = [...run.sensors, ...seriesStore.sensorsOf(run.id)];
  const names = JSON.stringify([...new Map(known.map((s) => [s.sensor, s.unit])).entries()]);
  return useMemo(
    () =>
      chartGroups(
        (JSON.parse(names) as [string, string][]).map(([sensor, unit]) => ({ sensor, unit })),
      ),
    [names],
  );
}

/** From the first to the last sample of all sensors: one time for all charts. Null before the first sample. */
export function useRunWindow(runId: number, groups: readonly ChartGroup[]): ChartWindow | null {
  const sensors = groups.flatMap((group) => group.sensors);
  useSeriesVersion(["", ...sensors].map((sensor) => SeriesStore.key(runId, sensor)));
  return extent(sensors.map((sensor) => seriesStore.get(runId, sensor)));
}
