import type {
  AgentHeartbeatRequest,
  ClaimRequest,
  EvidenceRequest,
  FirmwareRequest,
  InventoryRequest,
  LogRequest,
  NetworkTurnRequest,
  NetworkTurnResponse,
  SensorRequest,
} from "../../contract/agent-api.ts";
import type {
  CreateHostRequest,
  HostSummary,
  PatchHostRequest,
  RunSummary,
  StartRunRequest,
} from "../../contract/console-api.ts";
import type { RegisterRequest, ReporterHeartbeatRequest } from "../../contract/reporter-api.ts";
import type { ResultRequest } from "../../contract/stage-result.ts";
import type { StageName } from "../../contract/stages.ts";
import { ArtifactLog } from "./artifact-log.ts";
import { decideBoot } from "./boot-decision.ts";
import { BootTimeline, type NetbootSighting } from "./boot-timeline.ts";
import { Claims } from "./claims.ts";
import type { RunDeps } from "./context.ts";
import { Dispatcher, isOnline } from "./dispatcher.ts";
import { done, type Failure, failed, type Result } from "./failure.ts";
import { isDead } from "./final-command.ts";
import { NetworkTurns } from "./network-turns.ts";
import { Operator } from "./operator.ts";
import type { HostRecord, RunFilter, RunRecord } from "./ports.ts";
import { type PreflightQuestion, preflightOf } from "./preflight.ts";
import { Reporters } from "./reporters.ts";
import { Results } from "./results.ts";
import { RunMachine } from "./run-machine.ts";
import type { BootQuery, RunService } from "./service.ts";
import { ThresholdWatch } from "./threshold-watch.ts";
import { hashToken } from "./tokens.ts";
import { Views } from "./views.ts";
import { Watchdog } from "./watchdog.ts";

/** The life of every run, from Start to verdict: joins the parts, and tells the live stream what changed. */
export class Orchestrator implements RunService {
  readonly #deps: RunDeps;
  readonly #views: Views;
  readonly #watch: ThresholdWatch;
  readonly #log: ArtifactLog;
  readonly #results: Results;
  readonly #claims: Claims;
  readonly #reporters: Reporters;
  readonly #dispatcher: Dispatcher;
  readonly #watchdog: Watchdog;
  readonly #turns: NetworkTurns;
  readonly #operator: Operator;
  readonly #machine: RunMachine;
  readonly #timeline: BootTimeline;
  readonly #online = new Map<number, boolean>();

  constructor(deps: RunDeps) {
    this.#deps = deps;
    this.#views = new Views(deps);
    this.#watch = new ThresholdWatch(deps.store);
    this.#turns = new NetworkTurns(() => deps.networkPeers.linkMbps(), deps.clock.steady());
    this.#machine = new RunMachine(deps, (run) => this.#runChanged(run));
    this.#timeline = new BootTimeline(deps, (hostId) => this.#hostAndRunChanged(hostId));
    const touch = (run: RunRecord, stage: StageName | null) => this.#touch(run, stage);
    this.#log = new ArtifactLog(deps, this.#watch, touch, (runId) => this.#publishRun(runId));
    this.#results = new Results(deps, this.#machine, this.#watch, touch);
    this.#claims = new Claims(deps, this.#machine, this.#timeline, (runId) =>
      this.#publishRun(runId),
    );
    this.#reporters = new Reporters(deps, this.#machine, this.#timeline, (id) =>
      this.#publishHost(id),
    );
    this.#dispatcher = new Dispatcher(deps, this.#machine, this.#timeline);
    this.#watchdog = new Watchdog(deps, this.#machine, ({ hostId }) =>
      this.#hostAndRunChanged(hostId),
    );
    this.#operator = new Operator(deps, this.#machine);
  }

  /** Takes up what an earlier console left under way: agents that go on need their network peer again. */
  takeUp(): void {
    for (const run of this.#deps.store.runs.listOccupying()) {
      if (run.agentBootId !== null) this.#deps.networkPeers.acquire(run.id);
    }
  }

  authenticateReporter(token: string): number | null {
    return this.#deps.store.hosts.findByReporterTokenHash(hashToken(token))?.id ?? null;
  }

  register(request: RegisterRequest) {
    return this.#guarded(() => this.#reporters.register(request));
  }

  reporterHeartbeat(hostId: number, request: ReporterHeartbeatRequest) {
    const host = this.#deps.store.hosts.get(hostId);
    return host === null
      ? ({ command: "none" } as const)
      : this.#reporters.heartbeat(host, request);
  }

  decideBoot(query: BootQuery) {
    return decideBoot(this.#deps, this.#machine, this.#timeline, query);
  }

  mayNetboot(mac: string): boolean {
    return this.#deps.store.hosts.findByMac(mac) !== null;
  }

  noteSighting(sighting: NetbootSighting): void {
    this.#timeline.sighted(sighting);
  }

  authenticateAgent(token: string): number | null {
    return this.#deps.store.runs.findByRunTokenHash(hashToken(token))?.id ?? null;
  }

  claim(request: ClaimRequest, bearer: string | null) {
    this.#log.flush();
    this.#timeline.flush();
    return this.#guarded(() => this.#claims.claim(request, bearer));
  }

  agentHeartbeat(runId: number, request: AgentHeartbeatRequest) {
    return this.#guarded(() => {
      const run = this.#run(runId);
      return run.ok ? this.#claims.heartbeat(run.value, request) : run;
    });
  }

  networkTurn(runId: number, request: NetworkTurnRequest): Result<NetworkTurnResponse> {
    const run = this.#run(runId);
    if (!run.ok) return run;
    return done(this.#turns.answer(runId, request, this.#deps.clock.steady()));
  }

  submitSamples(runId: number, request: SensorRequest) {
    return this.#log.samples(runId, request);
  }

  submitLog(runId: number, request: LogRequest) {
    return this.#log.log(runId, request);
  }

  submitInventory(runId: number, request: InventoryRequest) {
    return this.#guarded(() => this.#results.inventory(runId, request));
  }

  submitFirmware(runId: number, request: FirmwareRequest) {
    return this.#guarded(() => this.#results.firmware(runId, request));
  }

  submitEvidence(runId: number, request: EvidenceRequest) {
    return this.#guarded(() => this.#results.evidence(runId, request));
  }

  /** Judged over everything that came before it, so what waits is committed first. */
  submitResult(runId: number, request: ResultRequest) {
    this.#log.flush();
    return this.#guarded(() => this.#results.result(runId, request));
  }

  listHosts(): HostSummary[] {
    return this.#deps.store.hosts.list().map((host) => this.#views.hostSummary(host));
  }

  host(id: number) {
    return this.#onHost(id, (host) => done(this.#views.hostDetail(host)));
  }

  createHost(request: CreateHostRequest) {
    return this.#guarded(() => this.#shownHost(this.#operator.createHost(request)));
  }

  patchHost(id: number, patch: PatchHostRequest) {
    return this.#onHost(id, (host) => this.#shownHost(this.#operator.patchHost(host, patch)));
  }

  preflight(hostId: number, question: PreflightQuestion) {
    return this.#onHost(hostId, (host) => done(preflightOf(this.#deps, host, question)));
  }

  async startRun(hostId: number, request: StartRunRequest): Promise<Result<RunSummary>> {
    const created = this.#onHost(hostId, (host) => this.#operator.startRun(host, request));
    if (!created.ok) return created;
    this.#runChanged(created.value);
    await this.#dispatcher.dispatch();
    return this.#onRun(created.value.id, (run) => done(this.#views.runSummary(run)));
  }

  listRuns(filter: RunFilter): RunSummary[] {
    return this.#deps.store.runs.list(filter).map((run) => this.#views.runSummary(run));
  }

  run(id: number) {
    return this.#onRun(id, (run) => done(this.#views.runDetail(run)));
  }

  cancelRun(id: number) {
    this.#log.flush();
    return this.#onRun(id, (run) => this.#shownRun(this.#operator.cancel(run)));
  }

  overrideRun(id: number, reason: string) {
    this.#log.flush();
    return this.#onRun(id, (run) => this.#shownRun(this.#operator.override(run, reason)));
  }

  async tick(): Promise<void> {
    this.#watchdog.check();
    await this.#dispatcher.dispatch();
    this.#publishOnline();
  }

  /** Commits what waits; for a clean stop. */
  flush(): void {
    this.#log.flush();
    this.#timeline.flush();
  }

  /** Any post is a sign of life; the first artifact of an attempt ends the `override` answers. */
  #touch(run: RunRecord, stage: StageName | null): void {
    const begins = run.overridePending && stage === run.state;
    this.#deps.store.runs.update(run.id, {
      lastSignAt: this.#deps.clock.now(),
      ...(begins ? { overridePending: false } : {}),
    });
  }

  #runChanged(run: RunRecord): void {
    if (isDead(run)) {
      this.#watch.forget(run.id);
      this.#deps.networkPeers.release(run.id);
      this.#turns.end(run.id);
    }
    // After the transaction that this may be part of: the stream tells only what was committed.
    queueMicrotask(() => {
      this.#publishRun(run.id);
      this.#publishHost(run.hostId);
    });
  }

  /** Queued, as what changed may be part of a transaction: the stream tells only what was committed. */
  #hostAndRunChanged(hostId: number): void {
    queueMicrotask(() => {
      const run = this.#deps.store.runs.occupying(hostId);
      if (run !== null) this.#publishRun(run.id);
      this.#publishHost(hostId);
    });
  }

  #publishRun(runId: number): void {
    const run = this.#deps.store.runs.get(runId);
    if (run === null) return;
    this.#deps.events.publish({ type: "run", run: this.#views.runSummary(run) });
  }

  #publishHost(hostId: number): void {
    const host = this.#deps.store.hosts.get(hostId);
    if (host === null) return;
    this.#deps.events.publish({ type: "host", host: this.#views.hostSummary(host) });
  }

  /** A host that goes offline posts nothing, so it is noticed here. */
  #publishOnline(): void {
    const { store, clock, config } = this.#deps;
    for (const host of store.hosts.list()) {
      const online = isOnline(host, clock.now(), config.reporter.staleAfterSeconds);
      const before = this.#online.get(host.id);
      this.#online.set(host.id, online);
      if (before !== undefined && before !== online) this.#publishHost(host.id);
    }
  }

  #shownRun(result: Result<RunRecord>): Result<RunSummary> {
    return result.ok ? done(this.#views.runSummary(result.value)) : result;
  }

  #shownHost(result: Result<HostRecord>): Result<HostSummary> {
    if (!result.ok) return result;
    this.#publishHost(result.value.id);
    return done(this.#views.hostSummary(result.value));
  }

  #run(id: number): Result<RunRecord> {
    const run = this.#deps.store.runs.get(id);
    return run === null ? failed("not-found", `There is no run ${id}.`) : done(run);
  }

  #onRun<T>(id: number, work: (run: RunRecord) => Result<T>): Result<T> {
    return this.#guarded(() => {
      const run = this.#run(id);
      return run.ok ? work(run.value) : run;
    });
  }

  #onHost<T>(id: number, work: (host: HostRecord) => Result<T>): Result<T> {
    return this.#guarded(() => {
      const host = this.#deps.store.hosts.get(id);
      return host === null ? failed("not-found", `There is no host ${id}.`) : work(host);
    });
  }

  /** A full disk is an expected failure: nothing was stored, and the caller is told so. */
  #guarded<T>(work: () => Result<T>): Result<T> {
    try {
      return work();
    } catch (error) {
      if (this.#deps.isDiskFull(error)) return DISK_FULL;
      throw error;
    }
  }
}

const DISK_FULL: Failure = failed(
  "disk-full",
  "The console's disk is full: nothing was stored. Make room; agents keep their data and try again.",
);
