import { HREF, navigate } from "../route.ts";
import { startAlerts } from "./alerts.ts";
import { startKeyboard } from "./keyboard.ts";
import { startTheme } from "./theme.ts";

/** What lies around the screens: theme, alerts, keys, and the links that the desktop window follows. */
export function startShell(): void {
  startTheme();
  startAlerts();
  startKeyboard();
  window.vetting?.onOpenRun((runId) => navigate(HREF.run(runId)));
}
