import type {
  HostDetail,
  HostSummary,
  RunDetail,
  RunSummary,
} from "../../../contract/console-api.ts";
import { done, failed } from "../../../server/run/failure.ts";
import type { BootDecision, RunService } from "../../../server/run/service.ts";

const AT = "2026-01-01T00:00:00.000Z";
export const RUN_TOKEN = "run-token-of-run-7";
export const REPORTER_TOKEN = "reporter-token-of-host-3";
export const BOOT_TOKEN = "b00t-t0ken_of-run-7";
export const MAC = "52:54:00:12:34:56";

export const RUN: RunSummary = {
  id: 7,
  hostId: 3,
  hostName: "orion",
  profile: "quick",
  nonDestructive: true,
  state: "CPUStress",
  verdict: null,
  failedStage: null,
  reason: null,
  start: "reporter",
  afterPass: "power_off",
  operator: null,
  ticket: null,
  createdAt: AT,
  startedAt: AT,
  endedAt: null,
  stateSince: AT,
  remainingSeconds: 100,
  silentSince: null,
  warnings: [],
};
export const HOST: HostSummary = {
  id: 3,
  name: "orion",
  macs: [MAC],
  vendor: null,
  product: null,
  serial: null,
  os: null,
  spec: null,
  notes: "",
  lastSeen: AT,
  online: true,
  secureBoot: null,
  netbootMethod: null,
  netbootNote: null,
  run: RUN,
  boot: null,
  simulated: false,
};
const RUN_DETAIL: RunDetail = {
  ...RUN,
  stages: [],
  gaps: [],
  overrides: [],
  evidence: [],
  thresholds: [],
  params: {},
  spec: null,
  catalogue: null,
  inventory: null,
  agentVersion: null,
  consoleVersion: "0.1.0",
  sensors: [],
  droppedSamples: 0,
  access: null,
  hold: null,
  boots: [],
  canCancel: true,
  canOverride: false,
};
const HOST_DETAIL: HostDetail = { ...HOST, inventory: null, boots: [] };

/** A service that knows run 7 of host 3 and writes down every call with its arguments. */
export class FakeService implements RunService {
  readonly calls: { name: string; args: unknown[] }[] = [];
  boot: BootDecision = { kind: "live-image", runId: 7, bootToken: BOOT_TOKEN };
  /** When set, thrown by every call that is recorded: a bug inside. */
  bug: Error | null = null;

  #record<T>(name: string, args: unknown[], value: T): T {
    this.calls.push({ name, args });
    if (this.bug !== null) throw this.bug;
    return value;
  }
  called(name: string): unknown[][] {
    return this.calls.filter((call) => call.name === name).map(({ args }) => args);
  }

  authenticateReporter = (token: string) => (token === REPORTER_TOKEN ? 3 : null);
  authenticateAgent = (token: string) => (token === RUN_TOKEN ? 7 : null);

  register: RunService["register"] = (...args) =>
    this.#record("register", args, done({ hostId: 3, reporterToken: "t", heartbeatSeconds: 30 }));
  reporterHeartbeat: RunService["reporterHeartbeat"] = (...args) =>
    this.#record("reporterHeartbeat", args, { command: "none" });
  decideBoot: RunService["decideBoot"] = (...args) => this.#record("decideBoot", args, this.boot);
  mayNetboot: RunService["mayNetboot"] = (...args) => this.#record("mayNetboot", args, true);
  noteSighting: RunService["noteSighting"] = (...args) =>
    this.#record("noteSighting", args, undefined);
  claim: RunService["claim"] = (...args) =>
    this.#record(
      "claim",
      args,
      args[0].bootToken === "used"
        ? failed("boot-token-refused", "This boot token was used already.")
        : done({
            runId: 7,
            runToken: RUN_TOKEN,
            currentState: "Inventory",
            profile: "quick",
            nonDestructive: true,
            stages: [],
            heartbeatSeconds: 5,
            nextSequence: 1,
            spec: null,
            inventory: null,
            firmware: null,
            networkPeer: null,
            holdReason: null,
            collectResetEvidence: false,
            sshKeys: [],
          }),
    );
  networkTurn: RunService["networkTurn"] = (...args) =>
    this.#record("networkTurn", args, done({ granted: true, ahead: 0, waiting: 0 }));
  agentHeartbeat: RunService["agentHeartbeat"] = (...args) =>
    this.#record("agentHeartbeat", args, done({ cmd: "continue" }));
  submitSamples: RunService["submitSamples"] = async (...args) =>
    this.#record("submitSamples", args, done({ accepted: args[1].samples.length, breaches: [] }));
  submitLog: RunService["submitLog"] = async (...args) =>
    this.#record("submitLog", args, done({ accepted: args[1].lines.length }));
  submitInventory: RunService["submitInventory"] = (...args) =>
    this.#record("submitInventory", args, done({ stored: true, spec: null }));
  submitFirmware: RunService["submitFirmware"] = (...args) =>
    this.#record("submitFirmware", args, done({ stored: true }));
  submitEvidence: RunService["submitEvidence"] = (...args) =>
    this.#record("submitEvidence", args, done({ stored: true }));
  submitResult: RunService["submitResult"] = (...args) =>
    this.#record(
      "submitResult",
      args,
      args[1].stage === "CPUStress"
        ? done({ nextState: "Storage" as const })
        : failed("stage-mismatch", `The run is in CPUStress, not in ${args[1].stage}.`, {
            nextState: "FailedHolding",
          }),
    );
  listHosts = () => this.#record("listHosts", [], [HOST]);
  host: RunService["host"] = (id) =>
    this.#record("host", [id], id === 3 ? done(HOST_DETAIL) : failed("not-found", "No such host."));
  createHost: RunService["createHost"] = (...args) => this.#record("createHost", args, done(HOST));
  patchHost: RunService["patchHost"] = (...args) => this.#record("patchHost", args, done(HOST));
  preflight: RunService["preflight"] = (...args) =>
    this.#record("preflight", args, done({ findings: [], estimates: [], disks: null }));
  startRun: RunService["startRun"] = async (...args) => this.#record("startRun", args, done(RUN));
  listRuns: RunService["listRuns"] = (...args) => this.#record("listRuns", args, [RUN]);
  run: RunService["run"] = (id) =>
    this.#record("run", [id], id === 7 ? done(RUN_DETAIL) : failed("not-found", "No such run."));
  cancelRun: RunService["cancelRun"] = (...args) => this.#record("cancelRun", args, done(RUN));
  overrideRun: RunService["overrideRun"] = (...args) =>
    this.#record("overrideRun", args, done(RUN));
  tick = async () => {};
}
