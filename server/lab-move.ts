import { isTerminal } from "../contract/run-state.ts";
import type { LiveConfig } from "./config/live-config.ts";
import type { LiveSettings } from "./config/live-settings.ts";
import type { LabInterface } from "./lab/interfaces.ts";
import type { LabServices } from "./lab-services.ts";
import { StartProblem } from "./options.ts";
import type { LabMoveResult } from "./routes/deps.ts";
import type { Store } from "./run/ports.ts";

interface LabMoveDeps {
  readonly lab: LabServices;
  readonly live: LiveConfig;
  readonly settings: LiveSettings;
  readonly store: Pick<Store, "runs" | "hosts">;
  readonly interfaces: () => Promise<readonly LabInterface[]> | readonly LabInterface[];
  /** Hosts find the console at another address from here on. */
  readonly onMoved: () => void;
}

/**
 * Gives the console its lab address, or another one: written to vetting.yaml and opened at once. When anything is in
 * the way, nothing changes and the old address stays open. One call waits for the other.
 */
export function createLabMove(deps: LabMoveDeps): (address: string) => Promise<LabMoveResult> {
  let last: Promise<unknown> = Promise.resolve();
  return (address) => {
    const next = last.then(() => moveTo(address, deps));
    last = next.catch(() => {});
    return next;
  };
}

async function moveTo(address: string, deps: LabMoveDeps): Promise<LabMoveResult> {
  const { lab, live, settings, onMoved } = deps;
  const refused = (await unusable(address, deps)) ?? inUse(address, deps) ?? setElsewhere(live);
  if (refused !== null) return refused;
  if (lab.address === address) return writeAddress(settings, address) ?? opened(address, lab);
  let prepared: Awaited<ReturnType<LabServices["prepare"]>>;
  try {
    prepared = await lab.prepare(live.wanted.lab, address);
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    return { ok: false, kind: "lab-address-unusable", detail: error.message };
  }
  const problem = writeAddress(settings, address);
  if (problem !== null) {
    await lab.discard(prepared);
    return problem;
  }
  await lab.take(prepared);
  live.labOpened(prepared.lab);
  onMoved();
  return opened(address, lab);
}

function opened(address: string, lab: LabServices): LabMoveResult {
  return { ok: true, value: { address, labUrl: lab.labUrl() ?? "" } };
}

/** The one from the command line would be taken again at the next start. */
function setElsewhere(live: LiveConfig): LabMoveResult | null {
  const override = live.overridden().find(({ key }) => key === "lab.address");
  if (override === undefined) return null;
  return {
    ok: false,
    kind: "lab-address-overridden",
    detail: `The lab address was set by ${override.from} when the console started. Start it without, and choose the address here.`,
  };
}

async function unusable(
  address: string,
  { interfaces }: LabMoveDeps,
): Promise<LabMoveResult | null> {
  const here = await interfaces();
  if (here.some((it) => it.address === address)) return null;
  const choices = here.map((it) => `${it.address} (${it.name})`).join(", ");
  return {
    ok: false,
    kind: "lab-address-unusable",
    detail: `${address} is on no interface of this machine. Its addresses: ${choices}.`,
  };
}

/** A host that runs, or holds, knows the console by its present address and would lose it. */
function inUse(address: string, { lab, store }: LabMoveDeps): LabMoveResult | null {
  if (lab.address === null || lab.address === address) return null;
  const runs = store.runs.listOccupying();
  if (runs.length === 0) return null;
  const names = runs.map(({ id, hostId, state }) => {
    const host = store.hosts.get(hostId)?.name ?? `host ${hostId}`;
    return `run ${id} on ${host} (${isTerminal(state) ? "holds" : "under way"})`;
  });
  return {
    ok: false,
    kind: "lab-in-use",
    detail: `These hosts know the console at ${lab.address} and would lose it: ${names.join(", ")}. Let the runs end, or cancel them, then change the address.`,
  };
}

/** Null when it stands in the file now. */
function writeAddress(settings: LiveSettings, address: string): LabMoveResult | null {
  const { revision } = settings.view();
  const edits = [{ path: ["vetting", "lab", "address"], value: address }];
  const written = settings.patch({ revision, edits });
  return written.ok ? null : written;
}
