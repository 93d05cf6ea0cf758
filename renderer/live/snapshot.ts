import { z } from "zod";
import {
  discoveredSchema,
  doctorResponseSchema,
  hostSummarySchema,
  logsResponseSchema,
  profileViewSchema,
  runDetailSchema,
} from "../../contract/console-api.ts";
import { type ApiFailure, apiGet } from "../api/client.ts";
import { MAX_LOG_LINES } from "../store/run-slice.ts";
import { useStore } from "../store/store.ts";

/** Hosts anew; null when it worked. */
export async function loadHosts(): Promise<ApiFailure | null> {
  const hosts = await apiGet("hosts", z.array(hostSummarySchema));
  if (!hosts.ok) return hosts.failure;
  useStore.getState().setHosts(hosts.value);
  return null;
}

/** @param fresh also what the console would answer from memory, as who else speaks on the wire. */
export async function loadDoctor(fresh = false): Promise<void> {
  const [doctor, discovered] = await Promise.all([
    apiGet(fresh ? "doctor?fresh=1" : "doctor", doctorResponseSchema),
    apiGet("discovered", z.array(discoveredSchema)),
  ]);
  if (doctor.ok) useStore.getState().setDoctor(doctor.value);
  if (discovered.ok) useStore.getState().setDiscovered(discovered.value);
}

export async function loadProfiles(): Promise<void> {
  const profiles = await apiGet("profiles", z.array(profileViewSchema));
  if (profiles.ok) useStore.getState().setProfiles(profiles.value);
}

export async function loadDetail(runId: number): Promise<void> {
  const detail = await apiGet(`runs/${runId}`, runDetailSchema);
  const store = useStore.getState();
  if (detail.ok) store.setDetail(detail.value);
  else store.setDetailFailure(runId, detail.failure);
}

const LOG_TAIL_LINES = 1000;
const LOG_PAGE_LINES = 2000;

/**
 * The end of the log; older lines come when somebody scrolls up.
 * @param since the last line known without a gap; null: none. Lines that came while the stream was down follow it.
 */
export async function loadLog(runId: number, since: number | null): Promise<void> {
  const after = since === null ? "" : `&after=${since}`;
  const query = `tail=1&limit=${LOG_TAIL_LINES}${after}`;
  const logs = await apiGet(`runs/${runId}/logs?${query}`, logsResponseSchema);
  if (!logs.ok) return;
  const { lines } = logs.value;
  const whole = lines.length < LOG_TAIL_LINES;
  if (since !== null && whole) useStore.getState().addLog(runId, lines);
  else useStore.getState().resetLog(runId, lines, whole);
}

/** A page of lines before the first that is known. */
export async function loadOlderLog(runId: number): Promise<void> {
  const { openRunId, logLines, logComplete } = useStore.getState();
  const first = logLines[0]?.sequence;
  if (openRunId !== runId || logComplete || first === undefined) return;
  if (logLines.length + LOG_PAGE_LINES > MAX_LOG_LINES) return;
  const query = `tail=1&limit=${LOG_PAGE_LINES}&before=${first}`;
  const logs = await apiGet(`runs/${runId}/logs?${query}`, logsResponseSchema);
  if (!logs.ok) return;
  const { lines } = logs.value;
  useStore.getState().prependLog(runId, lines, lines.length < LOG_PAGE_LINES);
}
