import type { Readable } from "node:stream";
import type { ReadResult } from "../reads/reads.ts";
import { ProblemError } from "./problems.ts";

/** Asking again soon is worth it: the thread is new, or one of the reads has ended. */
const RETRY_AFTER_S = "1";

/**
 * What a read gave, ready to be sent as it is: it was made by the contract's schemas in the reading thread, and is
 * not taken apart again on the main one.
 * @param missing the sentence of the 404 when there is nothing of that name.
 */
export function readBody(result: ReadResult, missing: string): Buffer | Readable {
  if (result.ok) {
    if (result.body === null) throw new ProblemError("not-found", missing);
    return result.body;
  }
  const { kind, detail } = result;
  const retry = kind === "read-interrupted" || kind === "reads-busy";
  throw new ProblemError(kind, detail, {}, retry ? { "retry-after": RETRY_AFTER_S } : {});
}
