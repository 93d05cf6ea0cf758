import type { LiveEvent } from "../../contract/console-api.ts";
import { occupiesHost } from "../../contract/run-state.ts";
import { seriesStore } from "../store/series-store.ts";
import { useStore } from "../store/store.ts";
import { openEventStream } from "./event-stream.ts";
import {
  loadDetail,
  loadDoctor,
  loadHosts,
  loadLog,
  loadProfiles,
  loadSeries,
} from "./snapshot.ts";

const FLUSH_MS = 1000;
/** Stages, evidence and measurements come with the detail, which no event carries. */
const DETAIL_MS = 5000;
const DOCTOR_MS = 30_000;
/** Events of one transition come together; one fetch answers them all. */
const DETAIL_DELAY_MS = 250;

/** Connects the store to the server. Returns the function that ends it. */
export function startLive(): () => void {
  let detailTimer: ReturnType<typeof setTimeout> | undefined;
  const refetchDetail = () => {
    detailTimer ??= setTimeout(() => {
      detailTimer = undefined;
      const { openRunId } = useStore.getState();
      if (openRunId !== null) void loadDetail(openRunId);
    }, DETAIL_DELAY_MS);
  };

  const onEvent = (event: LiveEvent) => {
    const store = useStore.getState();
    switch (event.type) {
      case "host":
        return store.putHost(event.host);
      case "run":
        store.putRun(event.run);
        store.updateDetail(event.run);
        if (event.run.id === store.openRunId) refetchDetail();
        return undefined;
      case "samples":
        return seriesStore.append(event.runId, event.points);
      case "log":
        return store.addLog(event.runId, event.lines);
      case "notice":
        return store.addNotice(event.level, event.text);
      case "resync":
        void loadSnapshot();
        return undefined;
    }
  };

  const stopStream = openEventStream({
    onEvent,
    onOpen: () => useStore.getState().setConnection("live", Date.now()),
    onDown: (refused) => {
      useStore.getState().setConnection("lost", Date.now());
      if (refused) void explainRefusal();
    },
  });
  const timers = [
    setInterval(() => seriesStore.flush(), FLUSH_MS),
    setInterval(() => {
      const { detail, connection } = useStore.getState();
      if (connection === "live" && detail !== null && occupiesHost(detail.state)) refetchDetail();
    }, DETAIL_MS),
    setInterval(() => {
      if (useStore.getState().connection === "live") void loadDoctor();
    }, DOCTOR_MS),
  ];
  return () => {
    stopStream();
    for (const timer of timers) clearInterval(timer);
    clearTimeout(detailTimer);
  };
}

/** Everything that is on the screen, anew. */
async function loadSnapshot(): Promise<void> {
  await Promise.all([loadHosts(), loadDoctor(), loadProfiles()]);
  const { hosts, openRunId } = useStore.getState();
  const shown = [...(hosts?.values() ?? [])].flatMap(({ run }) => (run === null ? [] : [run.id]));
  seriesStore.keepOnly(new Set([...shown, ...(openRunId === null ? [] : [openRunId])]));
  if (openRunId !== null) await loadRun(openRunId);
}

/** A run as it is opened, or after a resync: detail, log and the stored past of its sensors. */
export async function loadRun(runId: number): Promise<void> {
  await Promise.all([loadDetail(runId), loadLog(runId)]);
  const { detail } = useStore.getState();
  if (detail?.id !== runId) return;
  await loadSeries(
    runId,
    detail.sensors.map(({ sensor }) => sensor),
  );
  seriesStore.flush();
}

async function explainRefusal(): Promise<void> {
  const failure = await loadHosts();
  if (failure?.kind === "unauthenticated") useStore.getState().setConnection("refused", Date.now());
}
