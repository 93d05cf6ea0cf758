import { useSyncExternalStore } from "react";

export type Route = { readonly page: "hosts" } | { readonly page: "run"; readonly runId: number };

/** `#/runs/7` is a run, anything else the hosts. */
export function parseRoute(hash: string): Route {
  const runId = /^#\/runs\/(\d{1,15})$/.exec(hash)?.[1];
  return runId === undefined ? { page: "hosts" } : { page: "run", runId: Number(runId) };
}

export function runHref(runId: number): string {
  return `#/runs/${runId}`;
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (listener) => {
      window.addEventListener("hashchange", listener);
      return () => window.removeEventListener("hashchange", listener);
    },
    () => window.location.hash,
  );
  return parseRoute(hash);
}
