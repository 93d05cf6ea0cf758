import { useEffect, useLayoutEffect, useRef } from "react";
import type { RunSummary } from "../../contract/console-api.ts";
import { headline } from "../../contract/wording/status-table.ts";
import { type Route, screenKey } from "../route.ts";
import { useStore } from "../store/store.ts";
import { holdingCount } from "./alerts-of.ts";
import { focusScreen } from "./focus.ts";

const TITLES: Readonly<Record<Exclude<Route["page"], "run" | "compare">, string>> = {
  hosts: "Hosts",
  runs: "Runs",
  settings: "Settings",
  checks: "Checks",
};

/** Of the window: where one is, and first of all how many hosts wait for somebody. */
export function screenTitle(
  route: Route,
  run: Pick<RunSummary, "id" | "hostName" | "state" | "verdict"> | null,
  holding: number,
): string {
  const mark = holding === 0 ? "" : `(${holding} holding) `;
  return `${mark}${placeOf(route, run)} – Vetting`;
}

function placeOf(route: Route, run: Parameters<typeof screenTitle>[1]): string {
  if (route.page === "compare") return `Runs ${route.runIds.join(" and ")} compared`;
  if (route.page !== "run") return TITLES[route.page];
  if (run?.id !== route.runId) return `Run ${route.runId}`;
  return `${run.hostName}: ${headline(run).word}, run ${run.id}`;
}

/** Keeps the window's title, and leads the focus to a screen that one came to. */
export function useScreen(route: Route): void {
  const detail = useStore((state) => state.detail);
  const holding = useStore((state) => holdingCount(state.hosts));
  const title = screenTitle(route, detail, holding);
  useEffect(() => {
    document.title = title;
  }, [title]);
  const key = screenKey(route);
  const shown = useRef(key);
  // A layout effect: who wants the focus elsewhere on the new screen asks after it.
  useLayoutEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    focusScreen();
  }, [key]);
}
