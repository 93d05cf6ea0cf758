import type { LiveEvent } from "../../contract/console-api.ts";
import { occupiesHost } from "../../contract/run-state.ts";
import { onSecond } from "../clock.ts";
import { loadRuns } from "../history/load-runs.ts";
import { tellNotice } from "../shell/alerts.ts";
import type { HostsChange } from "../store/hosts-slice.ts";
import { seriesStore } from "../store/series-store.ts";
import { useStore } from "../store/store.ts";
import { openEventStream } from "./event-stream.ts";
import { loadSeries } from "./series-history.ts";
import { keepSession, resumeSession } from "./session.ts";
import { loadDetail, loadDoctor, loadHosts, loadLog, loadProfiles } from "./snapshot.ts";

/** Changes of hosts and runs wait so long for each other: two hundred heartbeats draw the page a few times, not each. */
const CHANGE_MS = 100;
/** Stages, evidence and measurements come with the detail, which no event carries. */
const DETAIL_MS = 5000;
const DOCTOR_MS = 30_000;
/** A window may stay open for weeks; the key by which it is known again must not grow old. */
const SESSION_MS = 86_400_000;
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

  let changes: HostsChange[] = [];
  let changeTimer: ReturnType<typeof setTimeout> | undefined;
  let snapshots = 0;
  const change = () => {
    clearTimeout(changeTimer);
    changeTimer = undefined;
    // While a snapshot is fetched, which may be older than they are: they are put on top of it.
    if (changes.length === 0 || snapshots > 0) return;
    const together = changes;
    changes = [];
    useStore.getState().putAll(together);
  };
  const changeSoon = (event: HostsChange) => {
    changes.push(event);
    changeTimer ??= setTimeout(change, CHANGE_MS);
  };
  const snapshot = (logSince: number | null) => {
    // The snapshot has all that came before it was asked for.
    changes = [];
    snapshots += 1;
    void loadSnapshot(logSince, () => {
      snapshots -= 1;
      change();
    });
  };

  const onEvent = (event: LiveEvent) => {
    const store = useStore.getState();
    switch (event.type) {
      case "host":
        return changeSoon(event);
      case "run":
        changeSoon(event);
        store.putListedRun(event.run);
        store.updateDetail(event.run);
        if (event.run.id === store.openRunId) refetchDetail();
        return undefined;
      case "samples":
        for (const { runId, points } of event.runs) seriesStore.append(runId, points);
        return undefined;
      case "log":
        return store.addLog(event.runId, event.lines);
      case "notice":
        return tellNotice(event);
      case "resync":
        // Taken now: lines that come while the snapshot is fetched stand after a gap.
        snapshot(store.logLines.at(-1)?.sequence ?? null);
        return undefined;
    }
  };

  const stopFlushing = onSecond(() => seriesStore.flush());
  const stopOpening = useStore.subscribe(({ openRunId }) => seriesStore.open(openRunId));
  const stopStream = openEventStream({
    onEvent,
    onOpen: () => {
      useStore.getState().setConnection("live", Date.now());
      void keepSession();
    },
    onDown: (refused) => {
      useStore.getState().setConnection("lost", Date.now());
      if (refused) void explainRefusal();
    },
  });
  const timers = [
    setInterval(() => {
      const { detail, connection } = useStore.getState();
      if (connection === "live" && detail !== null && occupiesHost(detail.state)) refetchDetail();
    }, DETAIL_MS),
    setInterval(() => {
      if (useStore.getState().connection === "live") void loadDoctor();
    }, DOCTOR_MS),
    setInterval(() => {
      if (useStore.getState().connection === "live") void keepSession();
    }, SESSION_MS),
  ];
  return () => {
    stopStream();
    stopOpening();
    stopFlushing();
    for (const timer of timers) clearInterval(timer);
    clearTimeout(detailTimer);
    clearTimeout(changeTimer);
  };
}

/**
 * Everything that is on the screen, anew.
 * @param logSince the last log line before the gap. @param onHosts the hosts are there, or cannot be had.
 */
async function loadSnapshot(logSince: number | null, onHosts: () => void): Promise<void> {
  await Promise.all([loadHosts().finally(onHosts), loadDoctor(), loadProfiles(), loadRuns()]);
  const { hosts, openRunId } = useStore.getState();
  const shown = [...(hosts?.values() ?? [])].flatMap(({ run }) => (run === null ? [] : [run.id]));
  seriesStore.keepOnly(new Set([...shown, ...(openRunId === null ? [] : [openRunId])]));
  if (openRunId !== null) await loadRun(openRunId, logSince);
}

/**
 * A run as it is opened, or after a resync: detail, log and the stored past of its sensors.
 * @param logSince the last log line known without a gap; null for a run that is opened.
 */
export async function loadRun(runId: number, logSince: number | null = null): Promise<void> {
  const graphs = loadSeries(runId).then((failure) => {
    seriesStore.flush();
    const { detail, openRunId } = useStore.getState();
    // Without a run there is no graph to miss, and the detail says so.
    if (failure === null || openRunId !== runId || detail?.id !== runId) return;
    tellNotice({
      type: "notice",
      level: "warn",
      text: `The graphs of run ${runId}: ${failure.detail}`,
    });
  });
  await Promise.all([loadDetail(runId), loadLog(runId, logSince), graphs]);
}

/** The console answers, but with no stream: most likely it was started anew, and has a new token. */
async function explainRefusal(): Promise<void> {
  const failure = await loadHosts();
  if (failure?.kind !== "unauthenticated") return;
  // Known again: the stream is tried anew in a moment, and resumes.
  if (await resumeSession()) return;
  useStore.getState().setConnection("refused", Date.now());
}
