import { z } from "zod";
import { fieldPath } from "../../../server/routes/validation.ts";

export interface BrokenPayload {
  /** The field as an error must name it. */
  readonly path: string;
  readonly how: "wrong type" | "left out";
  readonly payload: unknown;
}

type Path = readonly (string | number)[];
type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
};

/** The payload with each of its fields wrong once: of a type that no field takes, and left out where required. */
export function breakEveryField(schema: z.ZodType, payload: object): BrokenPayload[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return breakWithin(json, payload, [], payload);
}

/** Paths of the schema that the payload leaves out: the test would not break them. */
export function fieldsNotFilled(schema: z.ZodType, payload: object): string[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return missing(json, payload, []);
}

function breakWithin(
  schema: JsonSchema,
  value: unknown,
  path: Path,
  whole: object,
): BrokenPayload[] {
  return fieldsOf(schema, value).flatMap(([key, field, fieldValue, required]) => {
    const at = [...path, key];
    const broken: BrokenPayload[] = [
      {
        path: fieldPath(at),
        how: "wrong type",
        payload: changed(whole, at, wrongFor(fieldValue)),
      },
    ];
    if (required) {
      broken.push({
        path: fieldPath(at),
        how: "left out",
        payload: changed(whole, at, undefined),
      });
    }
    return [...broken, ...breakWithin(field, fieldValue, at, whole)];
  });
}

function missing(schema: JsonSchema, value: unknown, path: Path): string[] {
  const present = new Set(fieldsOf(schema, value).map(([key]) => key));
  const absent = Object.keys(objectSchema(schema)?.properties ?? {})
    .filter((key) => !present.has(key))
    .map((key) => fieldPath([...path, key]));
  const deeper = fieldsOf(schema, value).flatMap(([key, field, fieldValue]) =>
    missing(field, fieldValue, [...path, key]),
  );
  return [...absent, ...deeper];
}

type Field = readonly [key: string | number, schema: JsonSchema, value: unknown, required: boolean];

function fieldsOf(schema: JsonSchema, value: unknown): Field[] {
  if (Array.isArray(value)) {
    const items = arraySchema(schema)?.items ?? {};
    return value.map((item, index): Field => [index, items, item, false]);
  }
  if (typeof value !== "object" || value === null) return [];
  const own = objectSchema(schema);
  return Object.entries(value).map(([key, field]): Field => {
    const rest = typeof own?.additionalProperties === "object" ? own.additionalProperties : {};
    return [key, own?.properties?.[key] ?? rest, field, own?.required?.includes(key) ?? false];
  });
}

const objectSchema = (schema: JsonSchema) =>
  [schema, ...(schema.anyOf ?? [])].find((one) => one.properties ?? one.additionalProperties);
const arraySchema = (schema: JsonSchema) =>
  [schema, ...(schema.anyOf ?? [])].find((one) => one.items);

const wrongFor = (value: unknown) =>
  typeof value === "object" && value !== null ? "wrong" : { wrong: true };

function changed(whole: object, path: Path, value: unknown): unknown {
  const copy = structuredClone(whole) as Record<string | number, unknown>;
  let parent = copy;
  for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
  const last = path.at(-1) ?? "";
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}
