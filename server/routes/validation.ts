import type { FastifySchemaCompiler } from "fastify";
import type { FastifySerializerCompiler } from "fastify/types/schema.js";
import { z } from "zod";
import { type FieldError, InvalidPayload } from "./problems.ts";

/** So many wrong fields are named in one answer; a batch of garbage has thousands. */
const MAX_FIELD_ERRORS = 100;

/** `samples[0].value`; the whole payload is `(whole)`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text === "" ? "(whole)" : text;
}

/** Every wrong field of a payload with its path. A key that does not belong is named itself, not its parent. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  const named = error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: fieldPath([...issue.path, key]),
        message: "not a key of this payload",
      }));
    }
    return [{ path: fieldPath(issue.path), message: issue.message }];
  });
  return named.slice(0, MAX_FIELD_ERRORS);
}

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema }) => {
  return (data: unknown) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    return { error: new InvalidPayload(fieldErrors(result.error)) };
  };
};

/**
 * Answers are held to their schema and stripped of what it does not name, so that a token hash in a record can
 * never slip out. (The type provider's own compiler encodes, which schemas with a one-way transform refuse.)
 */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = ({ schema, url }) => {
  return (data: unknown) => {
    const result = schema.safeParse(data);
    if (result.success) return JSON.stringify(result.data);
    throw new Error(`The answer of ${url} breaks its schema: ${z.prettifyError(result.error)}`);
  };
};

/** Query strings where an empty value counts as absent. A repeated key keeps its first value. */
export function parseQuery(text: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [key, value] of new URLSearchParams(text)) {
    if (value !== "" && !(key in values)) values[key] = value;
  }
  return values;
}

/** A row id in an address. */
export const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, { error: "expected a number such as 1" })
  .transform(Number);

/** A moment in a query: ISO 8601 or milliseconds since 1970; becomes milliseconds. */
export const momentSchema = z
  .string()
  .transform((text) => (/^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)))
  .refine((ms) => Number.isFinite(ms), {
    error: "expected an ISO 8601 time or milliseconds since 1970",
  });

/** A whole number in a query, from `min` to `max`. */
export function countSchema(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, { error: `expected a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, {
      error: `expected a whole number from ${min} to ${max}`,
    });
}
