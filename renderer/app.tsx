import type { ReactNode } from "react";
import { ChecksPage } from "./pages/checks-page.tsx";
import { ComparePage } from "./pages/compare-page.tsx";
import { HostsPage } from "./pages/hosts-page.tsx";
import { RunPage } from "./pages/run-page.tsx";
import { RunsPage } from "./pages/runs-page.tsx";
import { SettingsPage } from "./pages/settings-page.tsx";
import { type Route, useRoute } from "./route.ts";
import { ConnectionBanner } from "./shell/connection-banner.tsx";
import { Notices } from "./shell/notices.tsx";
import { StatusBar } from "./shell/status-bar.tsx";

export function App() {
  const route = useRoute();
  return (
    <>
      <StatusBar page={route.page} />
      <ConnectionBanner />
      <main>{screenOf(route)}</main>
      <Notices />
    </>
  );
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
