import type { RunSummary } from "../../contract/console-api.ts";
import type { DesktopApi, ReportKind, SaveOutcome } from "../../contract/desktop-api.ts";
import { reportFileName } from "../../contract/wording/report-file.ts";
import { HREF } from "../route.ts";

export interface PlatformNotification {
  readonly title: string;
  readonly body: string;
  /** The run that a click on it opens. */
  readonly runId: number | null;
}

/** `unavailable`: this browser has none, or the page is not served where it gives them. */
export type NotificationsState = "on" | "off" | "refused" | "unavailable";

/** The run that a report is of; its file bears the host's name. */
export type ReportedRun = Pick<RunSummary, "id" | "hostName">;

/** What the page asks of the place it runs in: the desktop window does it, a browser as well as it can. */
export interface Platform {
  readonly name: "desktop" | "browser";
  notify(notification: PlatformNotification): void;
  notificationsState(): NotificationsState;
  /** Asks the person for leave to notify; only ever from a press of a button. */
  askForNotifications(): Promise<NotificationsState>;
  /** Writes a report of a run to disk: where to is asked, or it lands among the downloads. */
  saveReport(run: ReportedRun, kind: ReportKind): Promise<SaveOutcome>;
  /** As PDF. A browser opens its print dialog, and cannot tell what became of it: `cancelled`. */
  printPdf(runId: number): Promise<SaveOutcome>;
  openExternal(url: string): void;
  /** How many hosts wait for somebody; 0 takes the mark away. */
  badge(count: number): void;
}

/** Addresses of the files below /api/v1/runs/:id/. */
const FILES: Readonly<Record<Exclude<ReportKind, "pdf">, { file: string; ending: string }>> = {
  html: { file: "report.html", ending: "html" },
  jsonl: { file: "report.jsonl", ending: "jsonl" },
  junit: { file: "report.junit.xml", ending: "junit.xml" },
};

export function desktopPlatform(api: DesktopApi): Platform {
  return {
    name: "desktop",
    notify: (notification) => api.notify(notification),
    notificationsState: () => "on",
    askForNotifications: () => Promise.resolve("on"),
    saveReport: ({ id }, kind) => api.saveReport({ runId: id, kind }),
    printPdf: (runId) => api.saveReport({ runId, kind: "pdf" }),
    openExternal,
    badge: (count) => api.setBadge(count),
  };
}

/** @param go leads to an address of the page. */
export function browserPlatform(go: (href: string) => void): Platform {
  const state = (): NotificationsState => {
    if (!("Notification" in window)) return "unavailable";
    const { permission } = Notification;
    return permission === "granted" ? "on" : permission === "denied" ? "refused" : "off";
  };
  return {
    name: "browser",
    notify: ({ title, body, runId }) => {
      if (state() !== "on") return;
      // Two windows of one console say it once: the same tag takes the other's place.
      const shown = new Notification(title, { body, tag: `${title}\n${body}`, icon: "/icon.svg" });
      shown.onclick = () => {
        window.focus();
        if (runId !== null) go(HREF.run(runId));
        shown.close();
      };
    },
    notificationsState: state,
    askForNotifications: async () => {
      if (state() === "off") await Notification.requestPermission();
      return state();
    },
    saveReport: ({ id, hostName }, kind) => {
      if (kind === "pdf") return printReport(id);
      const link = document.createElement("a");
      link.href = reportUrl(id, kind);
      // The console names the file itself, and by the same rule.
      link.download = reportFileName(hostName, id, FILES[kind].ending);
      link.click();
      return Promise.resolve({ kind: "saved", path: link.download });
    },
    printPdf: printReport,
    openExternal,
    badge: (count) => {
      // Where the page is installed as an app; elsewhere the title of the tab tells it.
      if (!("setAppBadge" in navigator)) return;
      void (count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count)).catch(() => {});
    },
  };
}

function reportUrl(runId: number, kind: Exclude<ReportKind, "pdf">): string {
  return `/api/v1/runs/${runId}/${FILES[kind].file}`;
}

/** The report has styles for paper, and every browser's print dialog can make a PDF of it. */
function printReport(runId: number): Promise<SaveOutcome> {
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.className = "printframe";
    frame.title = `Report of run ${runId}`;
    frame.src = reportUrl(runId, "html");
    frame.onerror = () => {
      frame.remove();
      resolve({ kind: "failed", detail: `The report of run ${runId} could not be loaded.` });
    };
    frame.onload = () => {
      const paper = frame.contentWindow;
      // Gone at once, the print dialog would lose its page.
      paper?.addEventListener("afterprint", () => frame.remove());
      paper?.print();
      resolve({ kind: "cancelled" });
    };
    document.body.append(frame);
  });
}

function openExternal(url: string): void {
  window.open(url, "_blank", "noopener,noreferrer");
}

let current: Platform | undefined;

/** The place that this window runs in. */
export function platform(): Platform {
  current ??=
    window.vetting === undefined
      ? browserPlatform((href) => {
          window.location.hash = href;
        })
      : desktopPlatform(window.vetting);
  return current;
}
