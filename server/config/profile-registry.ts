import {
  BUILT_IN_PROFILES,
  profileParamsSchema,
  type StageParams,
} from "../../contract/stage-params.ts";
import { STAGES } from "../../contract/stages.ts";
import type { HostSpec, Threshold, VettingConfig } from "../../contract/vetting-config.ts";

type Overrides = VettingConfig["profiles"][string];

/** What a host is matched by. */
export interface MatchedHost {
  /** Chosen by the operator; null: matched by product. */
  readonly spec: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
}

/**
 * The profiles, thresholds and specs of vetting.yaml, over the built-in ones. A built-in profile keeps every
 * value that the file does not name; a new one starts from `quick`.
 */
export class ProfileRegistry {
  #profiles: ReadonlyMap<string, StageParams> = new Map();
  #thresholds: readonly Threshold[] = [];
  #specs: readonly HostSpec[] = [];

  constructor(config: Pick<VettingConfig, "profiles" | "thresholds" | "specs">) {
    this.change(config);
  }

  /** Takes those of a changed file; whoever holds the registry sees them from here on. */
  change(config: Pick<VettingConfig, "profiles" | "thresholds" | "specs">): void {
    const profiles = new Map<string, StageParams>(Object.entries(BUILT_IN_PROFILES));
    for (const [name, overrides] of Object.entries(config.profiles)) {
      profiles.set(name, merged(profiles.get(name) ?? BUILT_IN_PROFILES.quick, overrides));
    }
    this.#profiles = profiles;
    this.#thresholds = config.thresholds;
    this.#specs = config.specs;
  }

  /** The built-in ones first, then in the order of the file. */
  names(): string[] {
    return [...this.#profiles.keys()];
  }

  get(name: string): StageParams | null {
    return this.#profiles.get(name) ?? null;
  }

  thresholds(): readonly Threshold[] {
    return this.#thresholds;
  }

  /**
   * The spec chosen for the host, else the first whose `match` fits. One that was chosen and is gone from the
   * file gives null: another one must not take its place unseen.
   */
  specFor(host: MatchedHost): HostSpec | null {
    if (host.spec !== null) return this.specByName(host.spec);
    return this.#specs.find(({ match }) => match !== undefined && fits(match, host)) ?? null;
  }

  specByName(name: string): HostSpec | null {
    return this.#specs.find((spec) => spec.name === name) ?? null;
  }
}

function merged(base: StageParams, overrides: Overrides): StageParams {
  return profileParamsSchema.parse(
    Object.fromEntries(STAGES.map((stage) => [stage, { ...base[stage], ...overrides[stage] }])),
  );
}

/** Every name given must be the host's, in any letter case; a `match` that names nothing matches nothing. */
function fits(match: NonNullable<HostSpec["match"]>, host: MatchedHost): boolean {
  const pairs = [
    [match.product, host.product],
    [match.vendor, host.vendor],
  ].filter(([wanted]) => wanted !== undefined);
  return pairs.length > 0 && pairs.every(([wanted, has]) => same(wanted ?? "", has ?? ""));
}

function same(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
