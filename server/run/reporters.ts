import type {
  RegisterRequest,
  RegisterResponse,
  ReporterHeartbeatRequest,
  ReporterHeartbeatResponse,
} from "../../contract/reporter-api.ts";
import { stageNameForState } from "../../contract/run-state.ts";
import { stageTitle } from "../../contract/wording/status-table.ts";
import type { BootTimeline } from "./boot-timeline.ts";
import { whereBootStopped } from "./boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import { done, failed, type Result } from "./failure.ts";
import type { HostRecord, NewHost, RunRecord } from "./ports.ts";
import type { RunMachine } from "./run-machine.ts";
import { hashToken, sameSecret } from "./tokens.ts";
import { withWarning } from "./warnings.ts";

const NONE: ReporterHeartbeatResponse = { command: "none" };

/** Hosts as their reporters know them: registration, and heartbeats from the installed system. */
export class Reporters {
  readonly #deps: RunDeps;
  readonly #machine: RunMachine;
  readonly #timeline: BootTimeline;
  readonly #hostChanged: (hostId: number) => void;

  constructor(
    deps: RunDeps,
    machine: RunMachine,
    timeline: BootTimeline,
    hostChanged: (hostId: number) => void,
  ) {
    this.#deps = deps;
    this.#machine = machine;
    this.#timeline = timeline;
    this.#hostChanged = hostChanged;
  }

  /** Matches by MAC first (UUIDs are shared junk in the field); an unknown machine becomes a new host. */
  register(request: RegisterRequest): Result<RegisterResponse> {
    const { store, config, clock, randomToken } = this.#deps;
    const { enrolToken } = config.reporter;
    if (enrolToken !== null && !sameSecret(request.enrolToken ?? "", enrolToken)) {
      const detail =
        "This console asks for an enrolment token: set VETTING_ENROL_TOKEN to the value of reporter.enrolToken in vetting.yaml.";
      return failed("enrolment-refused", detail);
    }
    const token = randomToken();
    const host = store.transaction(() => {
      const known = request.macs.map((mac) => store.hosts.findByMac(mac)).find((it) => it !== null);
      const facts = factsOf(request, hashToken(token));
      for (const mac of request.macs) store.discovered.remove(mac);
      // A MAC that belongs to another host (a shared USB adapter) stays there.
      const free = request.macs.filter((mac) => {
        const owner = store.hosts.findByMac(mac);
        return owner === null || owner.id === known?.id;
      });
      if (known === undefined) {
        return store.hosts.create({
          ...facts,
          name: request.hostname,
          macs: free,
          spec: null,
          notes: "",
          reporterSeenAt: null,
          reporterBootId: null,
          simulated: this.#deps.simulated,
          createdAt: clock.now(),
        });
      }
      // A machine added by its MAC carries the MAC as its name until it tells its own.
      const unnamed = known.macs.includes(known.name);
      return store.hosts.update(known.id, {
        ...facts,
        macs: [...new Set([...known.macs, ...free])],
        ...(unnamed ? { name: request.hostname } : {}),
      });
    });
    this.#hostChanged(host.id);
    const { heartbeatSeconds } = config.reporter;
    return done({ hostId: host.id, reporterToken: token, heartbeatSeconds });
  }

  heartbeat(host: HostRecord, request: ReporterHeartbeatRequest): ReporterHeartbeatResponse {
    const { store, clock } = this.#deps;
    const run = store.runs.occupying(host.id);
    store.hosts.update(host.id, {
      reporterSeenAt: clock.now(),
      reporterBootId: request.bootId,
    });
    const answer = run === null ? NONE : this.#heartbeatDuring(run, host, request);
    this.#hostChanged(host.id);
    return answer;
  }

  #heartbeatDuring(
    run: RunRecord,
    host: HostRecord,
    request: ReporterHeartbeatRequest,
  ): ReporterHeartbeatResponse {
    const { store } = this.#deps;
    if (request.rebootProblem !== undefined) {
      const detail = `The host cannot reboot into the network by itself: ${request.rebootProblem}`;
      store.runs.update(run.id, withWarning(run, detail));
      this.#timeline.note(host.id, { step: "problem", detail });
    }
    const before = run.commandedBootId ?? host.reporterBootId;
    const rebooted = request.bootId !== before;
    const stage = stageNameForState(run.state);
    if (run.state === "WaitingReboot" && run.commandedBootId === null) {
      store.runs.update(run.id, { commandedBootId: request.bootId });
      const detail = "The reporter was told to reboot into the network";
      this.#timeline.note(host.id, { step: "commanded", detail });
      return { command: "reboot_for_vetting", runId: run.id };
    }
    if (run.state === "WaitingReboot" && !rebooted) {
      return { command: "reboot_for_vetting", runId: run.id };
    }
    if (run.state === "WaitingReboot" || run.state === "Booting") {
      if (rebooted) this.#bootFailed(run);
      return NONE;
    }
    if (stage !== null && rebooted) {
      this.#machine.apply(run, "UnexpectedReset", {
        reason: `The host reset by itself during ${stageTitle(stage)} and came back in its installed system (unexpected reset).`,
        patch: { collectResetEvidence: true },
      });
      return NONE;
    }
    if (run.state === "WaitingWoL" && rebooted) {
      const warning =
        "The host started its installed system, not the live image: choose network boot in its boot menu.";
      store.runs.update(run.id, withWarning(run, warning));
    }
    if (run.state === "FailedHolding" && rebooted) {
      const warning = "The held host left the live image and runs its installed system.";
      store.runs.update(run.id, withWarning(run, warning));
    }
    return NONE;
  }

  /** The one-time network boot did not happen: never told to reboot again, or it would loop. */
  #bootFailed(run: RunRecord): void {
    const what =
      "The host rebooted into its installed system instead of the live image: the network boot did not happen.";
    this.#timeline.flush();
    const where = whereBootStopped(this.#deps, run.hostId);
    this.#timeline.note(run.hostId, { step: "problem", detail: what });
    this.#machine.apply(run, "BootTimedOut", { failedStage: "boot", reason: `${what} ${where}` });
  }
}

function factsOf(request: RegisterRequest, reporterTokenHash: string) {
  return {
    uuid: request.uuid ?? null,
    serial: request.serial ?? null,
    vendor: request.vendor ?? null,
    product: request.product ?? null,
    os: request.os ?? null,
    reporterVersion: request.reporterVersion ?? null,
    reporterTokenHash,
    secureBoot: request.secureBoot ?? null,
    netbootMethod: request.netbootMethod ?? null,
    netbootNote: request.netbootNote ?? null,
  } satisfies Partial<NewHost>;
}
