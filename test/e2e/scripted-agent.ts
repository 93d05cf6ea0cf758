import type {
  AgentHeartbeatResponse,
  ClaimResponse,
  ResultResponse,
  SensorResponse,
} from "../../contract/agent-api.ts";
import type { Problem } from "../../contract/common.ts";
import type { ResultRequest } from "../../contract/stage-result.ts";
import type { StageName } from "../../contract/stages.ts";
import type { ApiAnswer, ConsoleProcess } from "./console-process.ts";

/** Fetches the boot script as firmware does and returns the boot token on its kernel line, or null. */
export async function fetchBootToken(labUrl: string, mac: string): Promise<string | null> {
  const url = `${labUrl}/boot.ipxe?mac=${mac.replaceAll(":", "-")}&uuid=&platform=efi&buildarch=x86_64`;
  const script = await (await fetch(url)).text();
  return /\bvetting\.boot=(\S+)/.exec(script)?.[1] ?? null;
}

/** Speaks the protocol by hand: for agents that misbehave, and for ways out that need no real stage. */
export class ScriptedAgent {
  readonly #console: ConsoleProcess;
  readonly mac: string;
  readonly bootId: string;
  sequence = 0;
  claimed: ClaimResponse | null = null;

  constructor(console: ConsoleProcess, mac: string, bootId: string) {
    this.#console = console;
    this.mac = mac;
    this.bootId = bootId;
  }

  get token(): string {
    if (this.claimed === null) throw new Error("This agent has claimed nothing.");
    return this.claimed.runToken;
  }

  /** Boots from the network and claims its run. */
  async claim(): Promise<ClaimResponse> {
    const bootToken = await fetchBootToken(this.#console.labUrl, this.mac);
    if (bootToken === null) throw new Error("The boot script falls through to the local disk.");
    const answer = await this.claimWith(bootToken);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    this.claimed = answer.body as ClaimResponse;
    this.sequence = this.claimed.nextSequence - 1;
    return this.claimed;
  }

  claimWith(bootToken: string): Promise<ApiAnswer<ClaimResponse | Problem>> {
    const body = { bootToken, mac: this.mac, bootId: this.bootId, agentVersion: "scripted" };
    return this.#console.lab("/api/agent/v1/claim", body, this.claimed?.runToken);
  }

  async beat(): Promise<AgentHeartbeatResponse["cmd"] | number> {
    const answer = await this.#post<AgentHeartbeatResponse>("heartbeat", { bootId: this.bootId });
    return answer.status === 200 ? answer.body.cmd : answer.status;
  }

  result(stage: StageName, more: Partial<ResultRequest> = {}) {
    const now = new Date().toISOString();
    return this.#post<ResultResponse & Problem>("result", {
      sequence: ++this.sequence,
      stage,
      status: "complete",
      result: "pass",
      startedAt: now,
      endedAt: now,
      summary: "Scripted.",
      proof: [{ what: "part", requestedS: 1, elapsedS: 1, work: 1, unit: "1" }],
      measurements: [],
      ...more,
    });
  }

  sample(
    stage: StageName,
    value: number,
    more: { t?: string; sensor?: string; critical?: number } = {},
  ) {
    const t = more.t ?? new Date().toISOString();
    const sample = {
      sequence: ++this.sequence,
      stage,
      sensor: "cpu.package.temp",
      value,
      unit: "Cel",
    };
    return this.#post<SensorResponse>("sensor", { samples: [{ ...sample, t, ...more }] });
  }

  #post<T>(route: string, body: unknown): Promise<ApiAnswer<T>> {
    return this.#console.lab(`/api/agent/v1/${route}`, body, this.token);
  }
}
