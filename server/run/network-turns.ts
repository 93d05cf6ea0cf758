import type { NetworkTurnRequest, NetworkTurnResponse } from "../../contract/agent-api.ts";

/** An agent keeps its turn every few seconds; one that is not heard for so long is gone. */
const LEASE_MS = 30_000;
/** After a start nobody gets a turn for so long: who had one before has said by then that it keeps it. */
const RESTART_MS = 10_000;

interface Place {
  readonly mbps: number | null;
  readonly heardAt: number;
}

/**
 * Who tests the network now, and who waits: first come, first served, as many at once as the console's link carries.
 * In memory only; agents ask again after a restart, and who was testing keeps its turn.
 */
export class NetworkTurns {
  readonly #capacityMbps: () => number | null;
  readonly #startedAt: number;
  readonly #testing = new Map<number, Place>();
  /** In the order in which they came. */
  readonly #waiting = new Map<number, Place>();

  /**
   * @param capacityMbps what the far end can take at once; null when that is not known, or it takes one test at a time
   * @param startedAt by the clock of `answer`
   */
  constructor(capacityMbps: () => number | null, startedAt: number) {
    this.#capacityMbps = capacityMbps;
    this.#startedAt = startedAt;
  }

  /** @param now in ms, by a clock that never jumps: a queue must not stand still because somebody set the time */
  answer(runId: number, { turn, mbps }: NetworkTurnRequest, now: number): NetworkTurnResponse {
    this.#forgetSilent(now);
    if (turn === "done") {
      this.end(runId);
      return { granted: false, ahead: 0, waiting: this.#waiting.size };
    }
    const place = { mbps, heardAt: now };
    const starting = now - this.#startedAt < RESTART_MS;
    const kept = turn === "keep" && (starting || this.#fits(mbps));
    if (this.#testing.has(runId) || kept) return this.#grant(runId, place);
    this.#waiting.set(runId, place);
    const [first] = this.#waiting.keys();
    if (first === runId && !starting && this.#fits(mbps)) return this.#grant(runId, place);
    const before = [...this.#waiting.keys()].indexOf(runId);
    return {
      granted: false,
      ahead: before + this.#testing.size,
      waiting: this.#waiting.size - 1,
    };
  }

  /** The run tests no more: it gave its turn back, or is over. */
  end(runId: number): void {
    this.#testing.delete(runId);
    this.#waiting.delete(runId);
  }

  #grant(runId: number, place: Place): NetworkTurnResponse {
    this.#waiting.delete(runId);
    this.#testing.set(runId, place);
    return { granted: true, ahead: 0, waiting: this.#waiting.size };
  }

  /** A host alone always fits: what its own link cannot carry is its own finding. */
  #fits(mbps: number | null): boolean {
    const capacity = this.#capacityMbps();
    if (this.#testing.size === 0 || capacity === Number.POSITIVE_INFINITY) return true;
    const speeds = [mbps, ...[...this.#testing.values()].map((place) => place.mbps)];
    if (capacity === null || speeds.includes(null)) return false;
    return speeds.reduce((sum: number, speed) => sum + (speed ?? 0), 0) <= capacity;
  }

  #forgetSilent(now: number): void {
    for (const places of [this.#testing, this.#waiting]) {
      for (const [runId, { heardAt }] of places) {
        if (now - heardAt > LEASE_MS) places.delete(runId);
      }
    }
  }
}
