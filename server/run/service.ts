/** What routes may ask of the run's life. `Orchestrator` implements it. */
import type {
  AgentHeartbeatRequest,
  AgentHeartbeatResponse,
  ClaimRequest,
  ClaimResponse,
  EvidenceRequest,
  FirmwareRequest,
  InventoryRequest,
  InventoryResponse,
  LogRequest,
  NetworkTurnRequest,
  NetworkTurnResponse,
  ResultResponse,
  SensorRequest,
  SensorResponse,
} from "../../contract/agent-api.ts";
import type {
  CreateHostRequest,
  HostDetail,
  HostSummary,
  PatchHostRequest,
  RunDetail,
  RunSummary,
  StartRunRequest,
} from "../../contract/console-api.ts";
import type {
  RegisterRequest,
  RegisterResponse,
  ReporterHeartbeatRequest,
  ReporterHeartbeatResponse,
} from "../../contract/reporter-api.ts";
import type { ResultRequest } from "../../contract/stage-result.ts";
import type { Preflight } from "../../contract/start-api.ts";
import type { NetbootSighting } from "./boot-timeline.ts";
import type { Result } from "./failure.ts";
import type { RunFilter } from "./ports.ts";
import type { PreflightQuestion } from "./preflight.ts";

export interface BootQuery {
  readonly mac: string | null;
  readonly uuid: string | null;
  readonly platform: string | null;
  readonly buildarch: string | null;
}
/** What a netbooting machine should do. */
export type BootDecision =
  | { readonly kind: "live-image"; readonly runId: number; readonly bootToken: string }
  | { readonly kind: "local-disk"; readonly why: string };

export interface RunService {
  // Lab side: the reporter
  /** The host id of a reporter's token, or null. */
  authenticateReporter(token: string): number | null;
  register(request: RegisterRequest): Result<RegisterResponse>;
  reporterHeartbeat(hostId: number, request: ReporterHeartbeatRequest): ReporterHeartbeatResponse;

  // Lab side: netboot and the agent
  decideBoot(query: BootQuery): BootDecision;
  /** Is this machine enrolled? The netboot services answer those and nobody else. */
  mayNetboot(mac: string): boolean;
  /** What the netboot services saw of a machine: a line of its boot timeline, or a discovered machine. */
  noteSighting(sighting: NetbootSighting): void;
  /** The run id of a run token, dead or alive, or null when it was never issued. */
  authenticateAgent(token: string): number | null;
  claim(request: ClaimRequest, bearer: string | null): Result<ClaimResponse>;
  agentHeartbeat(runId: number, request: AgentHeartbeatRequest): Result<AgentHeartbeatResponse>;
  /** Whether the run's host may test its network now, or has to wait for others. */
  networkTurn(runId: number, request: NetworkTurnRequest): Result<NetworkTurnResponse>;
  submitSamples(runId: number, request: SensorRequest): Promise<Result<SensorResponse>>;
  submitLog(runId: number, request: LogRequest): Promise<Result<{ accepted: number }>>;
  submitInventory(runId: number, request: InventoryRequest): Result<InventoryResponse>;
  submitFirmware(runId: number, request: FirmwareRequest): Result<{ stored: true }>;
  submitEvidence(runId: number, request: EvidenceRequest): Result<{ stored: true }>;
  submitResult(runId: number, request: ResultRequest): Result<ResultResponse>;

  // Console side
  listHosts(): HostSummary[];
  host(id: number): Result<HostDetail>;
  createHost(request: CreateHostRequest): Result<HostSummary>;
  patchHost(id: number, patch: PatchHostRequest): Result<HostSummary>;
  /** What is worth knowing before a start. */
  preflight(hostId: number, question: PreflightQuestion): Result<Preflight>;
  startRun(hostId: number, request: StartRunRequest): Promise<Result<RunSummary>>;
  /** Newest first. */
  listRuns(filter: RunFilter): RunSummary[];
  run(id: number): Result<RunDetail>;
  cancelRun(id: number): Result<RunSummary>;
  overrideRun(id: number, reason: string): Result<RunSummary>;

  /** Dispatches, times out, and notices silence. Called about once a second; tests call it by hand. */
  tick(): Promise<void>;
}
