import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AgentCommand, ClaimResponse } from "../../../contract/agent-api.ts";
import type { LiveEvent, RunSummary, StartRunRequest } from "../../../contract/console-api.ts";
import type { RunState } from "../../../contract/run-state.ts";
import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import type { ResultRequest, StageOutcome } from "../../../contract/stage-result.ts";
import { STAGES, type StageName } from "../../../contract/stages.ts";
import {
  type HostSpec,
  type VettingConfig,
  vettingConfigSchema,
} from "../../../contract/vetting-config.ts";
import { isDiskFull } from "../../../server/db/disk-full.ts";
import { openDatabase } from "../../../server/db/open.ts";
import { createStore } from "../../../server/db/store.ts";
import type { RunDeps } from "../../../server/run/context.ts";
import { EventBus } from "../../../server/run/event-bus.ts";
import type { Failure, Result } from "../../../server/run/failure.ts";
import { Orchestrator } from "../../../server/run/orchestrator.ts";
import type { Clock, Store } from "../../../server/run/ports.ts";
import { watchTime } from "../../../server/run/watch-time.ts";

export const MAC = "52:54:00:12:34:56";
const START = Date.parse("2026-01-01T00:00:00.000Z");

export interface LifeOptions {
  readonly config?: object;
  readonly spec?: HostSpec;
  readonly wakeSucceeds?: boolean;
  readonly freeDiskBytes?: number;
  readonly linkMbps?: number;
  readonly store?: Store;
  readonly startAt?: number;
}

/** The whole life of runs over a real database, with a clock that only moves when told. */
export class Life {
  now: number;
  readonly store: Store;
  readonly events: EventBus;
  readonly published: LiveEvent[] = [];
  readonly woken: string[] = [];
  readonly peers = new Map<number, number>();
  readonly config: VettingConfig;
  readonly service: Orchestrator;
  readonly jumps: number[] = [];
  #steady = 0;
  #tokens = 0;
  #sequence = 0;

  constructor(options: LifeOptions = {}) {
    this.now = options.startAt ?? START;
    this.config = vettingConfigSchema.parse({ vetting: options.config ?? {} }).vetting;
    this.store = options.store ?? freshStore();
    this.events = new EventBus(this.now);
    this.events.subscribe(({ event }) => this.published.push(event));
    const clock: Clock = { now: () => this.now, steady: () => this.#steady };
    const deps: RunDeps = {
      store: this.store,
      events: this.events,
      clock,
      config: this.config,
      registry: {
        names: () => Object.keys(BUILT_IN_PROFILES),
        get: (name) => BUILT_IN_PROFILES[name as "quick"] ?? null,
        thresholds: () => this.config.thresholds,
        specFor: ({ product }) => {
          const { spec } = options;
          const wanted = spec?.match?.product;
          return spec !== undefined && (wanted === undefined || wanted === product) ? spec : null;
        },
        specByName: (name) => (options.spec?.name === name ? options.spec : null),
      },
      sendMagicPacket: (macs) => {
        this.woken.push(...macs);
        return Promise.resolve(options.wakeSucceeds ?? true);
      },
      networkPeers: {
        acquire: (runId) => {
          this.peers.set(runId, 5201);
          return { host: "10.0.0.1", port: 5201 };
        },
        release: (runId) => this.peers.delete(runId),
        linkMbps: () => options.linkMbps ?? null,
      },
      freeDiskBytes: () => options.freeDiskBytes ?? null,
      isDiskFull,
      randomToken: () => `token-${this.now}-${++this.#tokens}`,
      consoleVersion: "0.1.0",
      labUrl: () => "http://10.0.0.1:8421",
      watching: watchTime(clock, (ms) => this.jumps.push(ms)),
      simulated: false,
    };
    this.service = new Orchestrator(deps);
  }

  advance(seconds: number): void {
    this.now += seconds * 1000;
    this.#steady += seconds * 1000;
  }

  /** The clock is set, or the machine slept. */
  setClock(bySeconds: number): void {
    this.now += bySeconds * 1000;
  }

  iso(offsetS = 0): string {
    return new Date(this.now + offsetS * 1000).toISOString();
  }

  /** A host whose reporter has registered and sent a heartbeat. */
  enrol(mac = MAC, bootId = "os-1"): number {
    const { hostId } = value(
      this.service.register({ hostname: `host-${mac.slice(-2)}`, macs: [mac] }),
    );
    this.reporter(hostId, bootId);
    return hostId;
  }

  reporter(hostId: number, bootId: string) {
    return this.service.reporterHeartbeat(hostId, { bootId }).command;
  }

  async start(hostId: number, more: Partial<StartRunRequest> = {}): Promise<RunSummary> {
    return value(await this.service.startRun(hostId, { ...START_REQUEST, ...more }));
  }

  bootToken(mac = MAC): string {
    const decision = this.service.decideBoot({
      mac,
      uuid: null,
      platform: "pcbios",
      buildarch: "x86_64",
    });
    if (decision.kind !== "live-image") throw new Error(decision.why);
    return decision.bootToken;
  }

  claimWith(bootToken: string, bootId = "live-1", bearer: string | null = null, mac = MAC) {
    return this.service.claim({ bootToken, mac, bootId, agentVersion: "0.1.0" }, bearer);
  }

  /** Enrols a host, starts a run and lets an agent claim it. */
  async claimed(more: Partial<StartRunRequest> = {}): Promise<Claimed> {
    const hostId = this.enrol();
    const { id } = await this.start(hostId, more);
    this.reporter(hostId, "os-1");
    const claim = value(this.claimWith(this.bootToken()));
    return { hostId, runId: id, claim };
  }

  /** A claimed run whose stages before `stage` have passed. */
  async inStage(stage: StageName, more: Partial<StartRunRequest> = {}): Promise<Claimed> {
    const run = await this.claimed(more);
    for (const name of STAGES.slice(0, STAGES.indexOf(stage))) this.pass(run.runId, name);
    return run;
  }

  async holding(stage: StageName = "CPUStress"): Promise<Claimed> {
    const run = await this.inStage(stage);
    value(this.post(run.runId, { stage, result: "fail", summary: "It broke." }));
    return run;
  }

  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  outcome(more: Partial<StageOutcome> & { stage: StageName }): StageOutcome {
    return {
      status: "complete",
      result: "pass",
      startedAt: this.iso(),
      endedAt: this.iso(),
      summary: "Done.",
      proof: [{ what: "part", requestedS: 10, elapsedS: 10, work: 1, unit: "1" }],
      measurements: [],
      gaps: [],
      blame: [],
      toolVersions: {},
      ...more,
    };
  }

  post(runId: number, more: Partial<ResultRequest> & { stage: StageName }) {
    const sequence = more.sequence ?? this.nextSequence();
    return this.service.submitResult(runId, { ...this.outcome(more), sequence });
  }

  pass(runId: number, stage: StageName): RunState {
    return value(this.post(runId, { stage })).nextState;
  }

  beat(runId: number, bootId = "live-1"): AgentCommand {
    return value(this.service.agentHeartbeat(runId, { bootId })).cmd;
  }

  /** Samples of one sensor, posted and committed. */
  async samples(
    runId: number,
    stage: StageName,
    values: readonly (readonly [atS: number, value: number])[],
    more: { sensor?: string; critical?: number; first?: number } = {},
  ) {
    const samples = values.map(([atS, reading], index) => ({
      sequence: more.first === undefined ? this.nextSequence() : more.first + index,
      stage,
      t: this.iso(atS),
      sensor: more.sensor ?? "cpu.package.temp",
      value: reading,
      unit: "Cel",
      ...(more.critical === undefined ? {} : { critical: more.critical }),
    }));
    const answer = this.service.submitSamples(runId, { samples });
    this.service.flush();
    return value(await answer);
  }

  run(runId: number) {
    return value(this.service.run(runId));
  }
}

export interface Claimed {
  readonly hostId: number;
  readonly runId: number;
  readonly claim: ClaimResponse;
}

export const START_REQUEST: StartRunRequest = {
  profile: "quick",
  nonDestructive: true,
  start: "reporter",
  afterPass: "power_off",
};

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.kind}: ${result.detail}`);
  return result.value;
}

export function failure<T>(result: Result<T>): Failure {
  if (result.ok) throw new Error(`Expected a failure, got ${JSON.stringify(result.value)}`);
  return result;
}

function freshStore(): Store {
  const folder = mkdtempSync(join(tmpdir(), "vetting-life-"));
  const db = openDatabase(join(folder, "vetting.db"));
  onTestFinished(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  return createStore(db);
}
