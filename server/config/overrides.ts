import { type VettingConfig, vettingConfigSchema } from "../../contract/vetting-config.ts";
import { expectation } from "./expectation.ts";

/** One setting that goes above the file: from the command line or the environment. */
export interface ConfigOverride {
  /** Below `vetting`: `lab.httpPort`. */
  readonly key: string;
  readonly value: unknown;
  /** Where it came from, for the message: `--lab-port` or `VETTING_LAB_PORT`. */
  readonly from: string;
}

export type OverrideResult =
  | { readonly ok: true; readonly config: VettingConfig }
  /** One line a problem: `--lab-port: expected a port from 0 to 65535 …, found 99999`. */
  | { readonly ok: false; readonly message: string };

/** Applies the overrides in order (a later one wins) and checks each by the schema of vetting.yaml. */
export function applyOverrides(
  config: VettingConfig,
  overrides: readonly ConfigOverride[],
): OverrideResult {
  const vetting = structuredClone(config) as Record<string, unknown>;
  for (const { key, value } of overrides) setAt(vetting, key.split("."), value);
  const parsed = vettingConfigSchema.safeParse({ vetting }, { error: expectation });
  if (parsed.success) return { ok: true, config: parsed.data.vetting };
  const lines = parsed.error.issues.map(({ path, message }) => {
    const key = path.slice(1).join(".");
    const source = overrides.findLast((override) => override.key === key);
    if (source === undefined) return `${key}: ${message}`;
    return `${source.from}: ${message}, found ${JSON.stringify(source.value)}`;
  });
  return { ok: false, message: lines.join("\n") };
}

function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next = typeof inner === "object" && inner !== null ? inner : {};
  target[key] = next;
  setAt(next as Record<string, unknown>, rest, value);
}
