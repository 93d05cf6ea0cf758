import { useEffect, useState } from "react";
import type { z } from "zod";
import { type ApiResult, apiGet } from "./client.ts";

export interface Answer<T> {
  /** The last answer to this address; null before the first. */
  readonly result: ApiResult<T> | null;
  readonly asking: boolean;
}

interface Held<T> {
  readonly path: string;
  readonly version: unknown;
  readonly result: ApiResult<T>;
}

/**
 * The answer of the console to one address, for a screen that keeps it to itself. It is asked for again when `version`
 * changes, and until then the last answer stays. Without an address nothing is asked.
 */
export function useAnswer<T>(
  path: string | null,
  schema: z.ZodType<T>,
  version: unknown = null,
): Answer<T> {
  const [held, setHeld] = useState<Held<T> | null>(null);
  useEffect(() => {
    if (path === null) return undefined;
    let left = false;
    void apiGet(path, schema).then((result) => {
      if (!left) setHeld({ path, version, result });
    });
    return () => {
      left = true;
    };
  }, [path, schema, version]);
  const result = held?.path === path ? held.result : null;
  return { result, asking: path !== null && (result === null || held?.version !== version) };
}
