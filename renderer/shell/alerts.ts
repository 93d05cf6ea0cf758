import type { LiveEvent } from "../../contract/console-api.ts";
import { headline, stageTitle } from "../../contract/wording/status-table.ts";
import { showToast } from "../design/toasts.tsx";
import { HREF } from "../route.ts";
import { useStore } from "../store/store.ts";
import { alertsOf, holdingCount, type RunAlert } from "./alerts-of.ts";
import { platform } from "./platform.ts";
import { playAlert } from "./sounds.ts";

const NOTICES = {
  info: { icon: "circle", tone: "active", urgent: false, stays: false },
  warn: { icon: "alert", tone: "gaps", urgent: false, stays: true },
  error: { icon: "cross", tone: "bad", urgent: true, stays: true },
} as const;

/** What the server wants said at once. */
export function tellNotice({ level, text }: Extract<LiveEvent, { type: "notice" }>): void {
  showToast({ ...NOTICES[level], id: `notice ${text}`, title: text });
}

/** Says what becomes of runs from now on: toast, notification, sound, and the mark on the app's icon. */
export function startAlerts(): () => void {
  let badge = -1;
  return useStore.subscribe(({ hosts }, { hosts: before }) => {
    if (hosts === before) return;
    for (const alert of alertsOf(before, hosts)) tell(alert);
    const holding = holdingCount(hosts);
    if (holding !== badge) platform().badge(holding);
    badge = holding;
  });
}

function tell({ kind, run }: RunAlert): void {
  const { word, icon, tone } = headline(run);
  const title = `${run.hostName}: ${word}`;
  const waits = kind === "hold" || kind === "failed";
  const stage = run.failedStage === null ? "" : ` in ${stageTitle(run.failedStage)}`;
  const text = run.reason ?? `Run ${run.id}, profile ${run.profile}${stage}.`;
  showToast({
    id: `run ${run.id}`,
    title,
    text,
    icon,
    tone,
    urgent: waits,
    stays: waits,
    action: { title: "Open the run", href: HREF.run(run.id) },
  });
  platform().notify({ title, body: text, runId: run.id });
  playAlert(kind);
}
