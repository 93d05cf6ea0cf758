import type { Blame, Gap, Proof } from "../../contract/stage-result.ts";
import { blameDisk, type Disk, type DiskTarget, diskTargets } from "./disk-targets.ts";
import { runDiskPass } from "./fio-pass.ts";
import type { StageContext, StageReport } from "./stage.ts";

/** A moderate queue: Burn wants every part busy, not one part alone at its limit. */
const QUEUE_DEPTH = 16;
/** What one part hands back. */
export interface PartOutcome {
  readonly part: string;
  readonly proof: readonly Proof[];
  readonly failures: readonly string[];
  readonly error: string | null;
  readonly gaps?: readonly Gap[];
  readonly blame?: readonly Blame[];
  readonly measurements?: StageReport["measurements"];
  readonly toolVersions?: Readonly<Record<string, string>>;
}

export type Part = (ctx: StageContext<"Burn">) => Promise<PartOutcome>;

export interface Planned {
  readonly parts: readonly Part[];
  readonly gaps: readonly Gap[];
  readonly words: string;
  readonly writing: boolean;
}

/** All disks in one fio; those that may be written to are written and verified. */
export async function diskPart(
  ctx: StageContext<"Burn">,
  seconds: number,
): Promise<Planned & { readonly dead: readonly Disk[] }> {
  const { targets, gaps, dead } = await diskTargets(ctx, ctx.inventory?.disks ?? []);
  if (targets.length === 0) {
    const why = ctx.inventory === null ? "Inventory did not run." : "The host has no disk.";
    const gap = { what: "disks in Burn", why, absent: ctx.inventory !== null };
    return { parts: [], gaps: [...gaps, gap], words: "", writing: false, dead };
  }
  const free = targets.filter(({ protectedBy }) => protectedBy === null);
  const kept = targets.filter(({ protectedBy }) => protectedBy !== null);
  const part =
    (pattern: "write-verify" | "random-read", group: readonly DiskTarget[]): Part =>
    async (inner) => {
      const outcome = await runDiskPass(inner, pattern, group, seconds, QUEUE_DEPTH);
      if (outcome.kind === "error") {
        return { part: "disks", proof: [], failures: [], error: outcome.reason };
      }
      return {
        part: `disks (${group.map(({ name }) => name).join(", ")})`,
        proof: outcome.passes.flatMap(({ proof }) => (proof === null ? [] : [proof])),
        failures: outcome.passes.flatMap(({ failures }) => failures),
        error: null,
        gaps: outcome.passes.flatMap(({ forbidden, target }) =>
          forbidden === null
            ? []
            : [{ what: `disk ${target.name} in Burn`, why: forbidden, absent: false }],
        ),
        blame: outcome.passes.flatMap(({ failures, target }) =>
          failures.length > 0 ? [blameDisk(target.disk)] : [],
        ),
        toolVersions: { fio: outcome.version },
      };
    };
  return {
    parts: [
      ...(free.length > 0 ? [part("write-verify", free)] : []),
      ...(kept.length > 0 ? [part("random-read", kept)] : []),
    ],
    gaps,
    dead,
    words: `, ${diskCount(targets.length)}`,
    writing: free.length > 0,
  };
}

export function diskCount(count: number): string {
  return `${count} ${count === 1 ? "disk" : "disks"}`;
}
