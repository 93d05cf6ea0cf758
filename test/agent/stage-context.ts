import type { StageContext } from "../../agent/stages/stage.ts";
import type { EvidenceRequest } from "../../contract/agent-api.ts";
import type { FirmwareRow } from "../../contract/firmware.ts";
import type { Inventory } from "../../contract/inventory.ts";
import type { StageName } from "../../contract/stages.ts";
import { answering, hostTree } from "./fixture-host.ts";

export interface Posted {
  inventory: Inventory | null;
  firmware: readonly FirmwareRow[] | null;
  readonly evidence: Pick<EvidenceRequest, "kind" | "name" | "text">[];
  readonly log: string[];
}

/** A stage's context over a scripted host, with a clock that jumps instead of waiting. */
export function stageContext<S extends StageName>(
  params: StageContext<S>["params"],
  overrides: Partial<StageContext<S>> = {},
): { readonly ctx: StageContext<S>; readonly posted: Posted; readonly abort: () => void } {
  const posted: Posted = { inventory: null, firmware: null, evidence: [], log: [] };
  const stop = new AbortController();
  let elapsedS = 0;
  const ctx: StageContext<S> = {
    params,
    nonDestructive: true,
    liveImage: false,
    run: answering({}),
    files: hostTree({}),
    clock: {
      now: () => new Date(Date.UTC(2026, 0, 1) + elapsedS * 1000),
      monotonicS: () => elapsedS,
      sleep: (seconds) => {
        elapsedS += seconds;
        return Promise.resolve();
      },
    },
    signal: stop.signal,
    log: (_level, text) => posted.log.push(text),
    sample: () => undefined,
    readings: () => [],
    burnReadings: () => new Map(),
    claim: { spec: null, networkPeer: null },
    networkTurn: () => Promise.resolve({ waiting: () => 0, end: () => Promise.resolve() }),
    inventory: null,
    firmware: null,
    postInventory: (inventory) => {
      posted.inventory = inventory;
      return Promise.resolve();
    },
    postFirmware: (rows) => {
      posted.firmware = rows;
      return Promise.resolve();
    },
    postEvidence: (evidence) => {
      posted.evidence.push(evidence);
      return Promise.resolve();
    },
    ...overrides,
  };
  return { ctx, posted, abort: () => stop.abort() };
}
