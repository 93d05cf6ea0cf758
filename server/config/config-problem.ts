import type { z } from "zod";

/** What a check beyond the schema found, or an issue of the schema itself. */
export type Issue = Pick<z.core.$ZodIssue, "path" | "message"> & { readonly keys?: string[] };
