import type { BootSpeaker } from "../../contract/boot-timeline.ts";
import { armsNetboot } from "../../contract/run-state.ts";
import type { BootTimeline } from "./boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import type { RunRecord } from "./ports.ts";
import type { RunMachine } from "./run-machine.ts";
import type { BootDecision, BootQuery } from "./service.ts";
import { hashToken } from "./tokens.ts";
import { withWarning } from "./warnings.ts";

const LOCAL = "local-disk";

/**
 * What a netbooting machine gets: the live image with a single-use boot token while a run waits for it
 * (or occupies it), its local disk otherwise. A token that was never used is revoked when a new one is issued.
 */
export function decideBoot(
  deps: RunDeps,
  machine: RunMachine,
  timeline: BootTimeline,
  query: BootQuery,
): BootDecision {
  const { store, clock } = deps;
  const { mac } = query;
  // What the firmware did before it came here stands before it in the timeline.
  timeline.flush();
  if (mac === null) return { kind: LOCAL, why: "No MAC address was given." };
  const host = store.hosts.findByMac(mac);
  const now = clock.now();
  if (host === null) {
    store.discovered.seen(mac, query.uuid, query.platform, now);
    return { kind: LOCAL, why: "This machine is not enrolled." };
  }
  const run = store.runs.occupying(host.id);
  if (run === null || !armsNetboot(run.state)) {
    const why = "No run waits for this host.";
    timeline.note(host.id, { step: "local_disk", detail: why, speaker: speakerOf(query) });
    return { kind: LOCAL, why };
  }
  const bootToken = deps.randomToken();
  const served = store.transaction(() => {
    const revoked = store.boots.revokeUnused(run.id, now);
    store.boots.addToken({
      hash: hashToken(bootToken),
      runId: run.id,
      mac,
      issuedAt: now,
      usedAt: null,
      revokedAt: null,
    });
    timeline.note(host.id, {
      step: "script",
      detail: clientOf(query),
      speaker: speakerOf(query),
    });
    const again = `The boot script was fetched again before the agent claimed the run; the earlier boot token was revoked.`;
    return machine.apply(run, "BootScriptServed", {
      patch: revoked > 0 ? withWarning(run, again) : {},
      ...keepReason(run),
    });
  });
  if (!served.ok) return { kind: LOCAL, why: served.detail };
  return { kind: "live-image", runId: run.id, bootToken };
}

/** A held run keeps why it holds when its host netboots again. */
function keepReason(run: RunRecord): { reason?: string } {
  return run.reason === null ? {} : { reason: run.reason };
}

/** An agent whose first claim got no answer asks once more, in the same boot. */
const AGENT_PLATFORM = "agent";

function speakerOf({ platform }: BootQuery): BootSpeaker {
  return platform === AGENT_PLATFORM ? "system" : "ipxe";
}

function clientOf({ platform, buildarch }: BootQuery): string {
  const client = [platform, buildarch].filter((part) => part !== null).join(" ");
  return client === "" ? "Boot script served" : `Boot script served (${client})`;
}
