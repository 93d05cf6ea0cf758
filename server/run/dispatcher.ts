import { takesDispatcherSlot } from "../../contract/run-state.ts";
import type { BootTimeline } from "./boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import type { HostRecord, RunRecord } from "./ports.ts";
import type { RunMachine } from "./run-machine.ts";
import { withWarning } from "./warnings.ts";

/** The reporter of the host has been heard lately enough to be told something. */
export function isOnline(
  host: Pick<HostRecord, "reporterSeenAt">,
  now: number,
  staleAfterSeconds: number,
): boolean {
  return host.reporterSeenAt !== null && now - host.reporterSeenAt <= staleAfterSeconds * 1000;
}

export function offlineDetail(host: HostRecord, staleAfterSeconds: number, labUrl: string | null) {
  const url = `${labUrl ?? "http://<lab address>:8421"}/register/quick.sh`;
  return `${host.name} has not been heard from in the last ${staleAfterSeconds} s. Start its reporter (curl -fsS ${url} | sudo sh), or choose to wake or power on the host by hand.`;
}

/** Lets queued runs begin, oldest first, while there are free slots. */
export class Dispatcher {
  readonly #deps: RunDeps;
  readonly #machine: RunMachine;
  readonly #timeline: BootTimeline;

  constructor(deps: RunDeps, machine: RunMachine, timeline: BootTimeline) {
    this.#deps = deps;
    this.#machine = machine;
    this.#timeline = timeline;
  }

  /**
   * Who begins is decided in one go, so that nothing changes in between; only then are magic packets sent.
   * @returns when they are.
   */
  async dispatch(): Promise<void> {
    const { store, config } = this.#deps;
    const occupying = store.runs.listOccupying();
    let taken = occupying.filter(({ state }) => takesDispatcherSlot(state)).length;
    const woken: RunRecord[] = [];
    for (const run of occupying.filter(({ state }) => state === "Queued")) {
      if (taken >= config.dispatcher.maxConcurrentRuns) break;
      const begun = run.start === "wake" ? this.#wait(run) : this.#command(run);
      if (begun) taken += 1;
      if (begun && run.start === "wake") woken.push(run);
    }
    await Promise.all(woken.map((run) => this.#wake(run)));
  }

  /** @returns whether the run took a slot. */
  #command(run: RunRecord): boolean {
    const { store, config, clock, labUrl } = this.#deps;
    const host = store.hosts.get(run.hostId);
    if (host === null) return false;
    const { staleAfterSeconds } = config.reporter;
    // A run can sit in the queue for long: whether the host still listens is asked again now.
    if (!isOnline(host, clock.now(), staleAfterSeconds)) {
      const reason = offlineDetail(host, staleAfterSeconds, labUrl());
      this.#machine.apply(run, "DispatchFailed", { failedStage: "dispatch", reason });
      return false;
    }
    return this.#machine.apply(run, "RebootCommanded").ok;
  }

  #wait(run: RunRecord): boolean {
    return this.#machine.apply(run, "WakeRequested").ok;
  }

  async #wake({ id, hostId }: RunRecord): Promise<void> {
    const { store, sendMagicPacket } = this.#deps;
    const macs = store.hosts.get(hostId)?.macs ?? [];
    const sent = await sendMagicPacket(macs);
    const detail = sent
      ? `Wake-on-LAN packet sent to ${macs.join(", ")}`
      : "The Wake-on-LAN packet could not be sent: power the host on by hand.";
    this.#timeline.note(hostId, { step: "wake_sent", detail });
    const now = store.runs.get(id);
    if (!sent && now !== null) store.runs.update(id, withWarning(now, detail));
  }
}
