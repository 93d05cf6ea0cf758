import {
  type BootAttempt,
  type BootSpeaker,
  type BootStep,
  beginsNewBoot,
  bootProgress,
} from "../../contract/boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import type { BootAttemptRecord } from "./ports.ts";

export interface BootNote {
  readonly step: BootStep;
  readonly detail: string;
  readonly speaker?: BootSpeaker;
}

/** What the netboot services saw of a machine. */
export interface NetbootSighting extends BootNote {
  /** Lower case with colons. */
  readonly mac: string;
  readonly uuid: string | null;
  /** In words: `UEFI x64`. */
  readonly platform: string | null;
}

/** Sightings wait this long for company: a lab that boots at once must not mean a commit a packet. */
export const SIGHTINGS_AFTER_MS = 100;
/** More events than a boot has: what repeats in different words must not fill the disk. */
const MOST_EVENTS = 64;
/** Beyond this many that wait, further ones are let go: a flood must not eat the memory. */
const MOST_WAITING = 5000;

/** Keeps each host's boots: which step was reached when, one record a boot. */
export class BootTimeline {
  readonly #deps: RunDeps;
  readonly #changed: (hostId: number) => void;
  #waiting: { readonly sighting: NetbootSighting; readonly at: number }[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param changed told after a boot of the host has a new event. */
  constructor(deps: RunDeps, changed: (hostId: number) => void) {
    this.#deps = deps;
    this.#changed = changed;
  }

  /** Stores a step of the host's boot at once, within the transaction under way if there is one. */
  note(hostId: number, note: BootNote, at = this.#deps.clock.now()): void {
    const { store } = this.#deps;
    const { step, detail, speaker = "system" } = note;
    store.transaction(() => {
      const runId = store.runs.occupying(hostId)?.id ?? null;
      const latest = store.boots.latestAttempt(hostId);
      const attempt =
        latest === null || isAnother(latest, runId, step, speaker)
          ? store.boots.addAttempt(hostId, runId, at)
          : latest;
      const known = attempt.events.some((it) => it.step === step && it.detail === detail);
      // Firmware repeats itself: the first time is what counts.
      if (known || attempt.events.length >= MOST_EVENTS) return;
      store.boots.addEvent(attempt.id, { at, step, detail });
    });
    this.#changed(hostId);
  }

  /**
   * Takes what a packet showed, without a write on the packet's path. A machine that is no host of ours is listed as
   * discovered.
   */
  sighted(sighting: NetbootSighting): void {
    if (this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push({ sighting, at: this.#deps.clock.now() });
    this.#timer ??= setTimeout(() => this.flush(), SIGHTINGS_AFTER_MS);
    this.#timer.unref();
  }

  /** Stores all that waits. On a full disk it is let go: boots go on without their timeline. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    try {
      this.#deps.store.transaction(() => {
        for (const { sighting, at } of batch) this.#store(sighting, at);
      });
    } catch (error) {
      if (!this.#deps.isDiskFull(error)) throw error;
    }
  }

  #store({ mac, uuid, platform, ...note }: NetbootSighting, at: number): void {
    const { store } = this.#deps;
    const host = store.hosts.findByMac(mac);
    if (host !== null) this.note(host.id, note, at);
    // Who merely fetches a file under some MAC has shown no machine.
    else if (note.step === "discover") store.discovered.seen(mac, uuid, platform, at);
  }
}

/** What follows the script belongs to the boot that fetched it, also when the run was cancelled meanwhile. */
const FOLLOWS_SCRIPT: ReadonlySet<BootStep> = new Set(["kernel", "initrd", "image", "agent"]);

function isAnother(
  latest: BootAttemptRecord,
  runId: number | null,
  step: BootStep,
  speaker: BootSpeaker,
): boolean {
  if (latest.runId !== runId && !FOLLOWS_SCRIPT.has(step)) return true;
  const reached = latest.events.map((event) => event.step);
  return reached.length > 0 && beginsNewBoot(reached, step, speaker);
}

/** A boot as the API shows it. @param superseded a later boot of the host has begun. */
export function shownBoot(
  { id, runId, startedAt, events }: BootAttemptRecord,
  now: number,
  superseded: boolean,
): BootAttempt {
  return {
    id,
    runId,
    startedAt: new Date(startedAt).toISOString(),
    events: events.map(({ at, step, detail }) => ({
      at: new Date(at).toISOString(),
      step,
      detail,
    })),
    progress: bootProgress(events, now, superseded),
  };
}

/** How far the host's latest boot came and what usually stops it there, as one or two sentences. */
export function whereBootStopped({ store, clock }: RunDeps, hostId: number): string {
  const latest = store.boots.latestAttempt(hostId);
  return latest === null
    ? "No network boot of it was heard."
    : bootProgress(latest.events, clock.now(), true).sentence;
}
