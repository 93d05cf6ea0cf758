import { headline } from "../../contract/wording/status-table.ts";
import { showToast } from "../design/toasts.tsx";
import { HREF } from "../route.ts";
import type { Notice } from "../store/console-slice.ts";
import { useStore } from "../store/store.ts";
import { alertsOf, holdingCount, type RunAlert } from "./alerts-of.ts";
import { platform } from "./platform.ts";
import { playAlert } from "./sounds.ts";

const NOTICES = {
  info: { icon: "circle", tone: "active", urgent: false, stays: false },
  warn: { icon: "alert", tone: "gaps", urgent: false, stays: true },
  error: { icon: "cross", tone: "bad", urgent: true, stays: true },
} as const;

/**
 * Says what the server wants said, and what becomes of runs from now on: toast, notification, sound, and the mark on
 * the app's icon.
 */
export function startAlerts(): () => void {
  let badge = -1;
  // The stream may have brought some before there was a page to say them on.
  tellNotices(useStore.getState().notices);
  return useStore.subscribe(({ hosts, notices }, { hosts: before }) => {
    tellNotices(notices);
    if (hosts === before) return;
    for (const alert of alertsOf(before, hosts)) tell(alert);
    const holding = holdingCount(hosts);
    if (holding !== badge) platform().badge(holding);
    badge = holding;
  });
}

function tellNotices(notices: readonly Notice[]): void {
  if (notices.length === 0) return;
  useStore.getState().clearNotices();
  for (const { level, text } of notices) {
    showToast({ ...NOTICES[level], id: `notice ${text}`, title: text });
  }
}

function tell({ kind, run }: RunAlert): void {
  const { word, icon, tone } = headline(run);
  const title = `${run.hostName}: ${word}`;
  const waits = kind === "hold" || kind === "failed";
  const stage = run.failedStage === null ? "" : ` in ${run.failedStage}`;
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
