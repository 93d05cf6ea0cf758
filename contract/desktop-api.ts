/** What the desktop window gives the page as `window.vetting`. In a browser there is none, and the page does without. */

/** Files of a run that can be saved. */
export const REPORT_KINDS = ["html", "pdf", "jsonl", "junit"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export interface DesktopNotification {
  readonly title: string;
  readonly body: string;
  /** The run that a click on it opens; null: a click only brings the window up. */
  readonly runId: number | null;
}

export type SaveOutcome =
  | { readonly kind: "saved"; readonly path: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly detail: string };

export interface DesktopApi {
  /** Of the desktop app. */
  readonly version: string;
  notify(notification: DesktopNotification): void;
  /** A notification was clicked, or a link to a run was opened. Returns the function that ends the listening. */
  onOpenRun(callback: (runId: number) => void): () => void;
  /** Asks where to, and writes the file. */
  saveReport(request: { readonly runId: number; readonly kind: ReportKind }): Promise<SaveOutcome>;
  /** The number on the app's icon: how many hosts wait for somebody. 0 takes it away. */
  setBadge(count: number): void;
}

declare global {
  interface Window {
    /** Set by the preload of the desktop window. */
    readonly vetting?: DesktopApi;
  }
}
