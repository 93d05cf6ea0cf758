import type { z } from "zod";
import {
  inventoryResponseSchema,
  logResponseSchema,
  resultResponseSchema,
  type SensorResponse,
  sensorResponseSchema,
  storedResponseSchema,
} from "../contract/agent-api.ts";
import type { Post } from "./api-client.ts";
import { backoffMs, pause, type Timing } from "./clock.ts";
import type { ArtifactKind, Spool, SpoolEntry } from "./spool.ts";

/** What became of an artifact. */
export type Delivery =
  | { readonly kind: "stored"; readonly body: unknown }
  /** 400, 413 and the like: the console will never take it; it is counted and gone. */
  | { readonly kind: "refused"; readonly detail: string }
  /** 409: the console is elsewhere than the agent thinks. */
  | { readonly kind: "conflict"; readonly detail: string }
  /** 410: the run is over, and the host should do this. */
  | { readonly kind: "dead"; readonly do: "power_off" | "reboot" }
  /** The transport was stopped first; the artifact stays in the spool. */
  | { readonly kind: "stopped" };

export type StopReason =
  | { readonly kind: "dead"; readonly do: "power_off" | "reboot"; readonly detail: string }
  /** The run token counts no more, and a new claim did not help. */
  | { readonly kind: "unauthorised"; readonly detail: string };

export interface TransportDeps {
  readonly post: Post;
  readonly spool: Spool;
  readonly runToken: () => string;
  /** Claims the run once more after a 401; false when that did not give a token that counts. */
  readonly reauthorise: () => Promise<boolean>;
  readonly timing: Pick<Timing, "retryBaseMs" | "retryCapMs" | "requestTimeoutMs">;
  readonly onSensorAnswer: (answer: SensorResponse) => void;
  readonly onStop: (reason: StopReason) => void;
  /** Something that an operator should be able to read; never an artifact itself, or it would feed on itself. */
  readonly print: (line: string) => void;
}

const ANSWERS: Readonly<Record<ArtifactKind, z.ZodType<unknown>>> = {
  sensor: sensorResponseSchema,
  log: logResponseSchema,
  inventory: inventoryResponseSchema,
  firmware: storedResponseSchema,
  evidence: storedResponseSchema,
  result: resultResponseSchema,
};

/** Answers that no repetition will change. Everything else that is no success is tried again for ever. */
const FINAL_REFUSALS = [400, 405, 413, 415, 422];

/**
 * Posts a run's artifacts in the order in which they were handed in, one at a time: so a result is never sent
 * before the samples and lines of its stage were acknowledged. What cannot be sent waits in the spool.
 */
export class Transport {
  readonly #deps: TransportDeps;
  readonly #waiting = new Map<number, (delivery: Delivery) => void>();
  readonly #stopped = new AbortController();
  #wake: () => void = () => {};
  #drained: (() => void)[] = [];
  #pumping: Promise<void> | null = null;
  #refused = { samples: 0, artifacts: 0 };

  constructor(deps: TransportDeps) {
    this.#deps = deps;
  }

  /** Samples that were refused or given up for want of room: never silent. */
  get lostSamples(): number {
    return this.#refused.samples + this.#deps.spool.givenUp.samples;
  }

  /** Artifacts of any kind that the console refused for good. */
  get refusedArtifacts(): number {
    return this.#refused.artifacts;
  }

  start(): void {
    this.#pumping ??= this.#pump();
  }

  /** Ends sending; what is not acknowledged stays in the spool. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake();
    await this.#pumping;
    this.#settleAll({ kind: "stopped" });
  }

  /**
   * Takes an artifact of `count` consecutive sequences. When this returns it is on disk; the promise tells what
   * the console made of it.
   */
  send(
    kind: ArtifactKind,
    count: number,
    bodyFrom: (firstSequence: number) => object,
  ): Promise<Delivery> {
    const { spool } = this.#deps;
    const first = spool.nextSequence;
    if (this.#stopped.signal.aborted) return Promise.resolve({ kind: "stopped" });
    spool.append(kind, first, first + count - 1, JSON.stringify(bodyFrom(first)));
    this.#wake();
    return new Promise((resolve) => this.#waiting.set(first, resolve));
  }

  /** Resolves when nothing waits any more, or the transport stopped. */
  drained(): Promise<void> {
    if (this.#deps.spool.head() === null || this.#stopped.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async #pump(): Promise<void> {
    let failures = 0;
    let claimedAnew = false;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const entry = this.#deps.spool.head();
      if (entry === null) {
        for (const resolve of this.#drained.splice(0)) resolve();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (signal.aborted) resolve();
        });
        continue;
      }
      const outcome = await this.#try(entry);
      if (outcome.kind === "settled") {
        if (failures > 0)
          this.#deps.print(`The console takes posts again, after ${failures} failed.`);
        failures = 0;
        claimedAnew = false;
      } else if (outcome.kind === "unauthorised") {
        if (claimedAnew || !(await this.#deps.reauthorise())) return this.#end(outcome);
        claimedAnew = true;
      } else if (outcome.kind === "dead") {
        return this.#end(outcome);
      } else {
        failures += 1;
        if (failures === 1) this.#deps.print(`The console does not take posts: ${outcome.detail}`);
        await pause(backoffMs(failures, this.#deps.timing), signal);
      }
    }
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #end(reason: StopReason): void {
    this.#stopped.abort();
    this.#settleAll(reason.kind === "dead" ? { kind: "dead", do: reason.do } : { kind: "stopped" });
    for (const resolve of this.#drained.splice(0)) resolve();
    this.#deps.onStop(reason);
  }

  async #try(
    entry: SpoolEntry,
  ): Promise<{ kind: "settled" } | { kind: "again"; detail: string } | StopReason> {
    const { post, spool, timing } = this.#deps;
    const json = spool.read(entry);
    const answer = await post(entry.kind, json, ANSWERS[entry.kind], {
      bearer: this.#deps.runToken(),
      signal: this.#stopped.signal,
      timeoutMs: timing.requestTimeoutMs,
    });
    if (answer.kind === "unreachable") return { kind: "again", detail: answer.message };
    if (answer.kind === "ok") {
      if (entry.kind === "sensor") this.#deps.onSensorAnswer(answer.body as SensorResponse);
      return this.#settle(entry, { kind: "stored", body: answer.body });
    }
    const { status, detail } = answer;
    if (status === 401) return { kind: "unauthorised", detail };
    if (status === 410) return { kind: "dead", do: answer.do ?? "power_off", detail };
    if (status === 409) {
      if (entry.kind !== "result") this.#countLoss(entry, detail);
      return this.#settle(entry, { kind: "conflict", detail });
    }
    if (status === 413) {
      const parts = smallerPosts(entry, json);
      if (parts !== null) {
        spool.replace(entry, parts);
        return { kind: "settled" };
      }
    }
    if (!FINAL_REFUSALS.includes(status))
      return { kind: "again", detail: `HTTP ${status}: ${detail}` };
    this.#countLoss(entry, detail);
    return this.#settle(entry, { kind: "refused", detail });
  }

  #countLoss({ kind, first, last }: SpoolEntry, detail: string): void {
    this.#refused.artifacts += 1;
    if (kind === "sensor") this.#refused.samples += last - first + 1;
    this.#deps.print(`The console refused ${kind} ${first} to ${last} for good: ${detail}`);
  }

  #settle(entry: SpoolEntry, delivery: Delivery): { kind: "settled" } {
    this.#deps.spool.remove(entry);
    this.#waiting.get(entry.first)?.(delivery);
    this.#waiting.delete(entry.first);
    return { kind: "settled" };
  }

  #settleAll(delivery: Delivery): void {
    for (const resolve of this.#waiting.values()) resolve(delivery);
    this.#waiting.clear();
  }
}

/** Halves of a batch, or evidence with its older half cut off; null when there is nothing left to halve. */
function smallerPosts(
  { kind, first, last }: SpoolEntry,
  json: string,
): { first: number; last: number; json: string }[] | null {
  const body = JSON.parse(json) as { samples?: unknown[]; lines?: unknown[]; text?: string };
  if (kind === "evidence" && body.text !== undefined && body.text.length > 1000) {
    const text = body.text.slice(Math.ceil(body.text.length / 2));
    return [{ first, last, json: JSON.stringify({ ...body, text, truncated: true }) }];
  }
  const rows = body.samples ?? body.lines ?? [];
  if (rows.length < 2) return null;
  const key = body.samples === undefined ? "lines" : "samples";
  const middle = Math.ceil(rows.length / 2);
  return [
    { first, last: first + middle - 1, json: JSON.stringify({ [key]: rows.slice(0, middle) }) },
    { first: first + middle, last, json: JSON.stringify({ [key]: rows.slice(middle) }) },
  ];
}
