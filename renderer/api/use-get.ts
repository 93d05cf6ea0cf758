import { useCallback, useEffect, useState } from "react";
import type { z } from "zod";
import { type ApiFailure, apiGet } from "./client.ts";

export interface Fetched<T> {
  /** The newest answer; stays while it is asked again. */
  readonly value: T | null;
  readonly failure: ApiFailure | null;
  readonly busy: boolean;
  /** Asks again. */
  again(): void;
}

interface Answer<T> {
  readonly path: string;
  readonly value: T | null;
  readonly failure: ApiFailure | null;
}

/**
 * GET of the operator API for as long as a component shows it; asked again when the path or `version` changes.
 * @param path null asks nothing.
 */
export function useGet<T>(path: string | null, schema: z.ZodType<T>, version = 0): Fetched<T> {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const [asked, setAsked] = useState(0);
  const [busy, setBusy] = useState(path !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version or press is what asks again
  useEffect(() => {
    if (path === null) return;
    let gone = false;
    setBusy(true);
    void apiGet(path, schema).then((result) => {
      if (gone) return;
      setBusy(false);
      setAnswer((was) => {
        const kept = was?.path === path ? was.value : null;
        return result.ok
          ? { path, value: result.value, failure: null }
          : { path, value: kept, failure: result.failure };
      });
    });
    return () => {
      gone = true;
    };
  }, [path, schema, version, asked]);
  const again = useCallback(() => setAsked((count) => count + 1), []);
  const fits = answer !== null && answer.path === path;
  return {
    value: fits ? answer.value : null,
    failure: fits ? answer.failure : null,
    busy,
    again,
  };
}
