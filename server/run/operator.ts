import type {
  CreateHostRequest,
  PatchHostRequest,
  StartRunRequest,
} from "../../contract/console-api.ts";
import { isTerminal, occupiesHost } from "../../contract/run-state.ts";
import { stateTitle } from "../../contract/wording/status-table.ts";
import type { RunDeps } from "./context.ts";
import { noRoomForRun } from "./disk-room.ts";
import { isOnline, offlineDetail } from "./dispatcher.ts";
import { done, failed, type Result } from "./failure.ts";
import type { HostRecord, NewHost, NewRun, RunRecord } from "./ports.ts";
import type { RunMachine } from "./run-machine.ts";

/** What the operator does: hosts by hand, Start, Cancel, Override. */
export class Operator {
  readonly #deps: RunDeps;
  readonly #machine: RunMachine;

  constructor(deps: RunDeps, machine: RunMachine) {
    this.#deps = deps;
    this.#machine = machine;
  }

  createHost(request: CreateHostRequest): Result<HostRecord> {
    const { store, clock, simulated } = this.#deps;
    const owner = store.hosts.findByMac(request.mac);
    if (owner !== null) {
      return failed("duplicate-mac", `${request.mac} already belongs to ${owner.name}.`);
    }
    const host = store.transaction(() => {
      store.discovered.remove(request.mac);
      return store.hosts.create({
        ...UNKNOWN,
        name: request.name ?? request.mac,
        macs: [request.mac],
        notes: request.notes ?? "",
        simulated,
        createdAt: clock.now(),
      });
    });
    return done(host);
  }

  patchHost(host: HostRecord, { name, spec, notes }: PatchHostRequest): Result<HostRecord> {
    const { store, registry } = this.#deps;
    if (typeof spec === "string" && registry.specByName(spec) === null) {
      return failed("unknown-spec", `vetting.yaml has no spec named "${spec}".`);
    }
    return done(
      store.hosts.update(host.id, {
        ...(name === undefined ? {} : { name }),
        ...(spec === undefined ? {} : { spec }),
        ...(notes === undefined ? {} : { notes }),
      }),
    );
  }

  /** Creates a queued run with its own copy of parameters, thresholds and spec. */
  startRun(host: HostRecord, request: StartRunRequest): Result<RunRecord> {
    const { store, registry, config, clock, labUrl } = this.#deps;
    const params = registry.get(request.profile);
    if (params === null) {
      const names = registry.names().join(", ");
      const detail = `There is no profile "${request.profile}"; vetting.yaml has ${names}.`;
      return failed("unknown-profile", detail);
    }
    const occupant = store.runs.occupying(host.id);
    if (occupant !== null) {
      const what = isTerminal(occupant.state) ? "holds" : "occupies";
      return failed(
        "host-occupied",
        `Run ${occupant.id} (${stateTitle(occupant.state)}) ${what} ${host.name}.`,
      );
    }
    const { staleAfterSeconds } = config.reporter;
    if (request.start === "reporter" && !isOnline(host, clock.now(), staleAfterSeconds)) {
      return failed("host-offline", offlineDetail(host, staleAfterSeconds, labUrl()));
    }
    const room = noRoomForRun(this.#deps);
    if (room !== null) return failed("disk-full", room);
    return done(store.runs.createWithProfile({ ...this.#blank(host), ...chosen(request), params }));
  }

  cancel(run: RunRecord): Result<RunRecord> {
    if (!occupiesHost(run.state)) {
      return failed("run-over", `Run ${run.id} is over already (${run.state}).`);
    }
    const { store, clock, networkPeers } = this.#deps;
    const holds = run.state === "FailedHolding";
    const reason = holds
      ? (run.reason ?? "Cancelled by the operator.")
      : "Cancelled by the operator.";
    const cancelled = store.transaction(() => {
      store.boots.revokeUnused(run.id, clock.now());
      return this.#machine.apply(run, "OperatorCancelled", {
        reason,
        patch: { overridePending: false },
      });
    });
    networkPeers.release(run.id);
    return cancelled;
  }

  /** Enters the failed stage again as a new attempt; the reason stays in the report for good. */
  override(run: RunRecord, reason: string): Result<RunRecord> {
    const { store, clock } = this.#deps;
    const stage = run.resumeStage;
    if (run.state !== "FailedHolding" || stage === null) {
      const detail = `Run ${run.id} is ${run.state}; only a run that holds can be overridden.`;
      return failed("illegal-transition", detail);
    }
    return store.transaction(() => {
      store.overrides.add({
        runId: run.id,
        stage,
        reason,
        operator: run.operator,
        at: clock.now(),
      });
      return this.#machine.apply(run, "Override", { patch: { overridePending: true } });
    });
  }

  #blank(host: HostRecord): Omit<NewRun, keyof ReturnType<typeof chosen> | "params"> {
    const { registry, clock, consoleVersion } = this.#deps;
    const now = clock.now();
    return {
      hostId: host.id,
      state: "Queued",
      failedStage: null,
      reason: null,
      resumeStage: null,
      verdict: null,
      thresholds: registry.thresholds(),
      spec: registry.specFor(host),
      consoleVersion,
      createdAt: now,
      startedAt: null,
      endedAt: null,
      stateSince: now,
      commandedBootId: null,
      agentBootId: null,
      runTokenHash: null,
      agentVersion: null,
      catalogue: null,
      lastSignAt: null,
      droppedSamples: 0,
      warnings: [],
      overridePending: false,
      collectResetEvidence: false,
      cancelAcknowledged: false,
      obeyedAt: null,
      access: null,
      hold: null,
    };
  }
}

function chosen(request: StartRunRequest) {
  return {
    profile: request.profile,
    nonDestructive: request.nonDestructive,
    start: request.start,
    afterPass: request.afterPass,
    operator: request.operator ?? null,
    ticket: request.ticket ?? null,
  } as const;
}

/** A host of which only the MAC is known. */
const UNKNOWN = {
  uuid: null,
  serial: null,
  vendor: null,
  product: null,
  os: null,
  reporterVersion: null,
  reporterTokenHash: null,
  secureBoot: null,
  netbootMethod: null,
  netbootNote: null,
  spec: null,
  reporterSeenAt: null,
  reporterBootId: null,
} satisfies Partial<NewHost>;
