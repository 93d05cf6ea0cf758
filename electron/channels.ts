/** The names of the messages between page and shell: all that there is. */
export const CHANNELS = {
  notify: "vetting:notify",
  saveReport: "vetting:save-report",
  setBadge: "vetting:set-badge",
  /** From the shell to the page. */
  openRun: "vetting:open-run",
} as const;

/** How the preload is told the version; a sandboxed preload can read neither files nor `app`. */
export const VERSION_SWITCH = "--vetting-version=";
