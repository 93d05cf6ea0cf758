import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { z } from "zod";
import {
  type AgentHeartbeatRequest,
  type AgentHeartbeatResponse,
  agentHeartbeatRequestSchema,
  type ClaimResponse,
  claimRequestSchema,
  type EvidenceRequest,
  evidenceRequestSchema,
  firmwareRequestSchema,
  inventoryRequestSchema,
  type LogLine,
  logRequestSchema,
  type Sample,
  sensorRequestSchema,
} from "../../contract/agent-api.ts";
import { type RunState, stageNameForState, transition } from "../../contract/run-state.ts";
import { BUILT_IN_PROFILES } from "../../contract/stage-params.ts";
import { type ResultRequest, resultRequestSchema } from "../../contract/stage-result.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import type { HostSpec } from "../../contract/vetting-config.ts";

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** One post as the console saw it, in order of arrival. */
export interface Seen {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into bodies of every kind.
  readonly body: any;
  readonly bearer: string | null;
  readonly status: number;
}

/** Answers in the console's stead for one path, as often as it says. */
interface Trouble {
  readonly path: string;
  readonly times: number;
  readonly answer: Answer | "no-answer" | "lost-answer";
}

/**
 * A console for one run: it speaks the agent protocol by the contract's schemas and its transition table, judges
 * nothing, and can be made to fail. Not the product's server.
 */
export class FakeConsole {
  state: RunState = "Booting";
  down = false;
  runToken = "";
  overridePending = false;
  failedStage: StageName | null = null;
  cancelAcknowledged = false;
  obeyed: string | null = null;
  afterPass: "power_off" | "reboot" = "power_off";
  collectResetEvidence = false;
  heartbeatSeconds = 0.03;
  /** The spec that the console finds once it knows what the host is. */
  specByInventory: HostSpec | null = null;
  sshKeys: string[] = [];
  /** How to get into the host, by its last heartbeat. */
  access: AgentHeartbeatRequest["access"] = null;
  /** Hosts that test the network before this one. */
  networkAhead = 0;
  breaches: { sensor: string; value: number; limit: number }[] = [];
  /** Stages whose pass the console turns into a fail. */
  readonly distrusts = new Set<StageName>();
  readonly params: Record<string, Record<string, unknown>> = { ...BUILT_IN_PROFILES.quick };
  readonly seen: Seen[] = [];
  readonly samples = new Map<number, Sample>();
  readonly lines = new Map<number, LogLine>();
  readonly evidence: EvidenceRequest[] = [];
  readonly results: ResultRequest[] = [];
  /** Rows that came under a sequence which already held another one. */
  readonly clashes: string[] = [];
  droppedSamples = 0;
  #boot = { token: "boot-token-0001", used: false, bootId: "" };
  #answers = new Map<number, Answer>();
  #trouble: Trouble[] = [];
  #server: Server;
  url = "";

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(port, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** `lost-answer`: the post is stored and its acknowledgement never arrives. */
  troubleWith(path: string, answer: Trouble["answer"], times = 1): void {
    this.#trouble.push({ path, answer, times });
  }

  posts(path: string): Seen[] {
    return this.seen.filter((seen) => seen.path === path);
  }

  cancel(): void {
    const fromHold = this.state === "FailedHolding";
    if (!fromHold) this.failedStage = null;
    this.state = "Cancelled";
    this.cancelAcknowledged = fromHold;
  }

  override(): void {
    if (this.failedStage === null) throw new Error("nothing to override");
    this.state = this.failedStage;
    this.failedStage = null;
    this.breaches = [];
    this.overridePending = true;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const path = (request.url ?? "").replace("/api/agent/v1/", "");
    const bearer = request.headers.authorization?.replace("Bearer ", "") ?? null;
    if (request.method === "GET") return void response.writeHead(404).end();
    const body: unknown = JSON.parse(text);
    if (this.down) return void request.socket.destroy();
    const trouble = this.#takeTrouble(path);
    if (trouble?.answer === "no-answer") return void request.socket.destroy();
    const answer =
      trouble !== null && typeof trouble.answer === "object"
        ? trouble.answer
        : this.#answer(path, body, bearer);
    this.seen.push({ path, body, bearer, status: answer.status });
    if (trouble?.answer === "lost-answer") return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.body));
  }

  #takeTrouble(path: string): Trouble | null {
    const at = this.#trouble.findIndex((trouble) => trouble.path === path);
    const [trouble] = at < 0 ? [] : this.#trouble.splice(at, 1);
    if (trouble === undefined) return null;
    if (trouble.times > 1) this.#trouble.splice(at, 0, { ...trouble, times: trouble.times - 1 });
    return trouble;
  }

  #answer(path: string, body: unknown, bearer: string | null): Answer {
    if (path === "claim") return this.#claim(body, bearer);
    if (bearer === null || bearer !== this.runToken) return problem(401, "unauthenticated");
    switch (path) {
      case "heartbeat":
        return this.#heartbeat(body);
      case "network-turn": {
        const ahead = this.networkAhead;
        return { status: 200, body: { granted: ahead === 0, ahead, waiting: 0 } };
      }
      case "sensor":
        return this.#rows(sensorRequestSchema, body, (request) =>
          this.#store("sensor", request.samples, this.samples),
        );
      case "log":
        return this.#rows(logRequestSchema, body, (request) =>
          this.#store("log", request.lines, this.lines),
        );
      case "inventory":
        return this.#once(inventoryRequestSchema, body, () => ({
          status: 200,
          body: { stored: true, spec: this.specByInventory },
        }));
      case "firmware":
        return this.#once(firmwareRequestSchema, body, () => stored());
      case "evidence":
        return this.#once(evidenceRequestSchema, body, (evidence) => {
          this.evidence.push(evidence);
          this.#touch(evidence.stage);
          return stored();
        });
      case "result":
        return this.#once(resultRequestSchema, body, (result) => this.#result(result));
      default:
        return problem(404, "no such address");
    }
  }

  #claim(body: unknown, bearer: string | null): Answer {
    const parsed = claimRequestSchema.safeParse(body);
    if (!parsed.success) return problem(400, parsed.error.message);
    const { bootToken, bootId } = parsed.data;
    const known = bearer !== null && bearer === this.runToken && bootId === this.#boot.bootId;
    if (known) return this.#isDead() ? this.#dead() : this.#claimed();
    if (bootToken !== this.#boot.token || this.#boot.used) return problem(401, "token refused");
    if (this.#isDead()) return this.#dead();
    this.#boot = { ...this.#boot, used: true, bootId };
    this.runToken = "run-token-0123456789";
    if (this.state === "Booting") this.state = "Inventory";
    return this.#claimed();
  }

  #claimed(): Answer {
    const claim: ClaimResponse = {
      runId: 7,
      runToken: this.runToken,
      currentState: this.state,
      profile: "quick",
      nonDestructive: true,
      stages: STAGES.map((name) => ({ name, params: this.params[name] ?? {} })),
      heartbeatSeconds: this.heartbeatSeconds,
      nextSequence:
        Math.max(0, ...this.#answers.keys(), ...this.samples.keys(), ...this.lines.keys()) + 1,
      spec: null,
      inventory: null,
      firmware: null,
      networkPeer: null,
      holdReason: this.state === "FailedHolding" ? "it failed" : null,
      collectResetEvidence: this.collectResetEvidence,
      sshKeys: this.sshKeys,
      hostName: "vet-07",
    };
    return { status: 200, body: claim };
  }

  #heartbeat(body: unknown): Answer {
    const parsed = agentHeartbeatRequestSchema.safeParse(body);
    if (!parsed.success) return problem(400, parsed.error.message);
    this.access = parsed.data.access ?? null;
    this.droppedSamples = parsed.data.droppedSamples ?? this.droppedSamples;
    if (this.obeyed !== null) return this.#dead();
    if (this.#isDead() && parsed.data.obeying !== undefined) this.obeyed = parsed.data.obeying;
    return { status: 200, body: this.#order() };
  }

  #order(): AgentHeartbeatResponse {
    if (this.state === "Passed") return { cmd: this.afterPass };
    if (this.state === "Cancelled") {
      if (this.failedStage !== null) return { cmd: "reboot" };
      return { cmd: this.cancelAcknowledged ? "power_off" : "cancel_stage" };
    }
    const stage = stageNameForState(this.state);
    if (stage !== null && this.overridePending) return { cmd: "override", stage };
    const [breach] = this.breaches;
    if (stage === null || breach === undefined) return { cmd: "continue" };
    return { cmd: "abort_stage", stage, reason: `${breach.sensor} is beyond its limit.` };
  }

  #result(result: ResultRequest): Answer {
    if (this.state === "Cancelled") {
      this.results.push(result);
      this.cancelAcknowledged = true;
      return { status: 200, body: { nextState: "Cancelled" } };
    }
    const stage = stageNameForState(this.state);
    if (stage === null) return problem(409, `The run is ${this.state}.`);
    if (stage !== result.stage) {
      this.#move("StageMismatch");
      this.failedStage = stage;
      return problem(409, `got ${result.stage}, expected ${stage}`);
    }
    this.results.push(result);
    this.#touch(stage);
    const distrusted = this.distrusts.delete(stage) || this.breaches.length > 0;
    const passes = (result.result === "pass" && !distrusted) || result.status === "skipped";
    this.#move(passes ? "StageCompleted" : "StageFailed");
    if (!passes) this.failedStage = stage;
    return {
      status: 200,
      body: {
        nextState: this.state,
        ...(distrusted ? { judged: "Not so." } : {}),
        ...(this.state === "Passed" ? { verdict: "pass_with_gaps" } : {}),
      },
    };
  }

  #move(trigger: "StageCompleted" | "StageFailed" | "StageMismatch"): void {
    const moved = transition(this.state, trigger);
    if (!moved.ok) throw new Error(moved.message);
    this.state = moved.state;
  }

  #touch(stage: StageName | null): void {
    if (stage === this.state) this.overridePending = false;
  }

  #isDead(): boolean {
    return ["Passed", "Failed", "Cancelled"].includes(this.state);
  }

  #takesPosts(): boolean {
    return !this.#isDead() || (this.state === "Cancelled" && !this.cancelAcknowledged);
  }

  #dead(): Answer {
    const todo =
      this.state === "Passed" ? this.afterPass : this.failedStage === null ? "power_off" : "reboot";
    return problem(410, `The run is ${this.state}.`, { do: todo });
  }

  #rows<T>(schema: z.ZodType<T>, body: unknown, store: (request: T) => Answer): Answer {
    const parsed = schema.safeParse(body);
    return parsed.success ? store(parsed.data) : problem(400, parsed.error.message);
  }

  #store<T extends { sequence: number; stage: StageName | null }>(
    path: "sensor" | "log",
    rows: readonly T[],
    into: Map<number, T>,
  ): Answer {
    if (rows.length > 500) return problem(413, "too many");
    const first = rows[0]?.sequence ?? 0;
    const known = this.#answers.get(first);
    if (known !== undefined) return known;
    if (!this.#takesPosts()) return this.#dead();
    for (const row of rows) {
      const there = into.get(row.sequence);
      if (there !== undefined) this.clashes.push(`${path} ${row.sequence}`);
      into.set(row.sequence, row);
    }
    this.#touch(rows.at(-1)?.stage ?? null);
    const accepted = { accepted: rows.length };
    const body = path === "sensor" ? { ...accepted, breaches: this.breaches } : accepted;
    const answer = { status: 200, body };
    this.#answers.set(first, answer);
    return answer;
  }

  #once<T extends { sequence: number }>(
    schema: z.ZodType<T>,
    body: unknown,
    work: (request: T) => Answer,
  ): Answer {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return problem(400, parsed.error.message);
    const known = this.#answers.get(parsed.data.sequence);
    if (known !== undefined) return known;
    if (!this.#takesPosts()) return this.#dead();
    const answer = work(parsed.data);
    this.#answers.set(parsed.data.sequence, answer);
    return answer;
  }
}

function stored(): Answer {
  return { status: 200, body: { stored: true } };
}

function problem(status: number, detail: string, more: object = {}): Answer {
  return { status, body: { type: "urn:test", title: "Refused", status, detail, ...more } };
}
