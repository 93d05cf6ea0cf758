import { useEffect, useState } from "react";
import type { z } from "zod";
import { type ApiResult, apiGet } from "./client.ts";

/**
 * The answer of the console to one address, for a screen that keeps it to itself; null while it is fetched. It is
 * fetched again when `version` changes, and until then the last answer stays.
 */
export function useAnswer<T>(
  path: string | null,
  schema: z.ZodType<T>,
  version: unknown = null,
): ApiResult<T> | null {
  const [answer, setAnswer] = useState<{ path: string; result: ApiResult<T> } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version asks again
  useEffect(() => {
    if (path === null) return undefined;
    let left = false;
    void apiGet(path, schema).then((result) => {
      if (!left) setAnswer({ path, result });
    });
    return () => {
      left = true;
    };
  }, [path, schema, version]);
  return answer?.path === path ? answer.result : null;
}
