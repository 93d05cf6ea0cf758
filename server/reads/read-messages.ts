import type { Read } from "./reads.ts";

/** What the reading thread is handed when it starts. */
export interface ReadWorkerData {
  readonly databaseFile: string;
}

/** To the thread: begin a read, go on with one, or forget one. `id` names the read throughout. */
export type ReadRequest =
  | { readonly id: number; readonly type: "begin"; readonly read: Read }
  | { readonly id: number; readonly type: "more" }
  | { readonly id: number; readonly type: "forget" };

/** From the thread, one for each `begin` and `more`. */
export type ReadAnswer =
  /** The next piece, in UTF-8; `last` when nothing follows. */
  | {
      readonly id: number;
      readonly type: "piece";
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly last: boolean;
    }
  /** There is nothing of that name. */
  | { readonly id: number; readonly type: "nothing" }
  /** An exception, as the log should have it. */
  | { readonly id: number; readonly type: "failed"; readonly error: string };
