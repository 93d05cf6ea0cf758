import type { ReactNode } from "react";
import { later } from "../later.tsx";
import type { Route } from "../route.ts";
import { HostsPage } from "./hosts-page.tsx";

const RunPage = later(async () => (await import("./run-page.tsx")).RunPage);
const RunsPage = later(async () => (await import("./runs-page.tsx")).RunsPage);
const ComparePage = later(async () => (await import("./compare-page.tsx")).ComparePage);
const ChecksPage = later(async () => (await import("./checks-page.tsx")).ChecksPage);
const SettingsPage = later(async () => (await import("./settings-page.tsx")).SettingsPage);

/** The screen of an address. Home comes with the page itself, the others after it. */
export function screenOf(route: Route): ReactNode {
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
