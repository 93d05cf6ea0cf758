import { ConnectionBanner } from "./components/connection-banner.tsx";
import { Notices } from "./components/notices.tsx";
import { StatusBar } from "./components/status-bar.tsx";
import { HostsPage } from "./pages/hosts-page.tsx";
import { RunPage } from "./pages/run-page.tsx";
import { useRoute } from "./route.ts";

export function App() {
  const route = useRoute();
  return (
    <>
      <StatusBar />
      <ConnectionBanner />
      <main>{route.page === "run" ? <RunPage runId={route.runId} /> : <HostsPage />}</main>
      <Notices />
    </>
  );
}
