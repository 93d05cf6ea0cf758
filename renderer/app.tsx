import type { ReactNode } from "react";
import { Toasts } from "./design/toasts.tsx";
import { useFirstRun } from "./doctor/use-first-run.ts";
import { ChecksPage } from "./pages/checks-page.tsx";
import { ComparePage } from "./pages/compare-page.tsx";
import { HostsPage } from "./pages/hosts-page.tsx";
import { RunPage } from "./pages/run-page.tsx";
import { RunsPage } from "./pages/runs-page.tsx";
import { SettingsPage } from "./pages/settings-page.tsx";
import { type Route, useRoute } from "./route.ts";
import { ConnectionBanner } from "./shell/connection-banner.tsx";
import { HelpSheet } from "./shell/help-sheet.tsx";
import { StatusBar } from "./shell/status-bar.tsx";
import { useScreen } from "./shell/use-screen.ts";

export function App() {
  const route = useRoute();
  useScreen(route);
  useFirstRun(route);
  return (
    <>
      <button type="button" className="skiplink" onClick={skipTheBar}>
        Skip to the screen
      </button>
      <div className="shelltop">
        <StatusBar page={route.page} />
        <ConnectionBanner />
      </div>
      <main tabIndex={-1}>{screenOf(route)}</main>
      <HelpSheet />
      <Toasts />
    </>
  );
}

/** A link would change the address, which says what screen is shown. */
function skipTheBar(): void {
  document.querySelector("main")?.focus();
}

function screenOf(route: Route): ReactNode {
  switch (route.page) {
    case "hosts":
      return <HostsPage />;
    case "runs":
      return <RunsPage query={route.query} />;
    case "run":
      return <RunPage key={route.runId} runId={route.runId} tab={route.tab} />;
    case "compare":
      return <ComparePage key={route.runIds.join()} runIds={route.runIds} />;
    case "settings":
      return <SettingsPage />;
    case "checks":
      return <ChecksPage />;
  }
}
