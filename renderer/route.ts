import { useSyncExternalStore } from "react";

/** Where the window is. One entry a screen; the address bar holds it, so that back, reload and links work. */
export type Route =
  | { readonly page: "hosts" }
  | { readonly page: "runs"; readonly query: URLSearchParams }
  | { readonly page: "run"; readonly runId: number; readonly tab: string | null }
  | { readonly page: "compare"; readonly runIds: readonly [number, number] }
  | { readonly page: "settings" }
  | { readonly page: "checks" };

const ID = "(\\d{1,15})";
const RUN = new RegExp(`^/runs/${ID}(?:/([a-z]+))?$`);
const COMPARE = new RegExp(`^/compare/${ID}/${ID}$`);

/** Reads `#/runs/7/log`; what is no screen is the hosts. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  if (path === "/runs") return { page: "runs", query: new URLSearchParams(query) };
  if (path === "/settings") return { page: "settings" };
  if (path === "/checks") return { page: "checks" };
  const run = RUN.exec(path);
  if (run !== null) return { page: "run", runId: Number(run[1]), tab: run[2] ?? null };
  const pair = COMPARE.exec(path);
  if (pair !== null) return { page: "compare", runIds: [Number(pair[1]), Number(pair[2])] };
  return { page: "hosts" };
}

/** A screen is another one when this changes; a tab or a filter of it is not. */
export function screenKey(route: Route): string {
  if (route.page === "run") return `run ${route.runId}`;
  return route.page === "compare" ? `compare ${route.runIds.join()}` : route.page;
}

export const HREF = {
  hosts: "#/",
  runs: "#/runs",
  settings: "#/settings",
  checks: "#/checks",
  run: (runId: number, tab?: string) => `#/runs/${runId}${tab === undefined ? "" : `/${tab}`}`,
  /** All runs of a host. */
  runsOf: (hostId: number) => `#/runs?host=${hostId}`,
  compare: (a: number, b: number) => `#/compare/${a}/${b}`,
} as const;

/** Goes to a screen; `replace` leaves no step to go back to. */
export function navigate(href: string, { replace = false } = {}): void {
  if (!replace) {
    window.location.hash = href;
    return;
  }
  window.history.replaceState(null, "", href);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

let parsed: { readonly hash: string; readonly route: Route } | null = null;

/** The route of the present address; the same object as long as the address is the same. */
function currentRoute(): Route {
  const { hash } = window.location;
  if (parsed?.hash !== hash) parsed = { hash, route: parseRoute(hash) };
  return parsed.route;
}

export function useRoute(): Route {
  return useSyncExternalStore((listener) => {
    window.addEventListener("hashchange", listener);
    return () => window.removeEventListener("hashchange", listener);
  }, currentRoute);
}
