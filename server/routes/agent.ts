import type { FastifyRequest } from "fastify";
import {
  agentHeartbeatRequestSchema,
  agentHeartbeatResponseSchema,
  claimRequestSchema,
  claimResponseSchema,
  evidenceRequestSchema,
  firmwareRequestSchema,
  inventoryRequestSchema,
  inventoryResponseSchema,
  logRequestSchema,
  logResponseSchema,
  MAX_SAMPLES_PER_BATCH,
  networkTurnRequestSchema,
  networkTurnResponseSchema,
  resultResponseSchema,
  sensorRequestSchema,
  sensorResponseSchema,
  storedResponseSchema,
} from "../../contract/agent-api.ts";
import { resultRequestSchema } from "../../contract/stage-result.ts";
import type { App } from "./base-app.ts";
import { bearerOf } from "./bearer.ts";
import type { LabDeps } from "./deps.ts";
import { ProblemError, unwrap } from "./problems.ts";

const MiB = 1024 * 1024;
/**
 * Room for the largest legal payload of each address in ordinary text (JSON may escape a character to six bytes;
 * a payload of nothing but escapes is cut off). 500 samples are about 150 KiB, evidence is up to 1,000,000 characters.
 */
const BODY_LIMIT_BYTES = {
  claim: 2 * MiB,
  sensor: 1 * MiB,
  log: 8 * MiB,
  inventory: 4 * MiB,
  firmware: 2 * MiB,
  evidence: 8 * MiB,
  result: 4 * MiB,
} as const;

const PREFIX = "/api/agent/v1";

/** The agent's API. Everything but `claim` needs the run token, which reaches its own run and nothing else. */
export async function agentRoutes(app: App, { service, counters }: LabDeps): Promise<void> {
  app.route({
    method: "POST",
    url: `${PREFIX}/claim`,
    bodyLimit: BODY_LIMIT_BYTES.claim,
    schema: {
      summary: "Exchange the boot token for the run and its token",
      body: claimRequestSchema,
      response: { 200: claimResponseSchema },
    },
    handler: async (request) => {
      const claimed = unwrap(service.claim(request.body, bearerOf(request)));
      counters.agentClaims += 1;
      return claimed;
    },
  });
  app.register(async (scope) => runTokenRoutes(scope as App, { service, counters }));
}

function runTokenRoutes(
  app: App,
  { service, counters }: Pick<LabDeps, "service" | "counters">,
): void {
  // Before the body is read, let alone validated: a stranger learns nothing about payloads.
  const runIds = new WeakMap<FastifyRequest, number>();
  app.addHook("onRequest", async (request) => {
    const token = bearerOf(request);
    const runId = token === null ? null : service.authenticateAgent(token);
    if (runId === null) {
      throw new ProblemError(
        "unauthenticated",
        "This needs the run token that the claim gave, as Authorization: Bearer.",
      );
    }
    runIds.set(request, runId);
  });
  const runOf = (request: object): number => {
    const runId = runIds.get(request as FastifyRequest);
    if (runId === undefined) throw new Error("an agent route ran without authentication");
    return runId;
  };

  app.route({
    method: "POST",
    url: `${PREFIX}/heartbeat`,
    schema: {
      summary: "Say that the agent lives; the answer is what it should do",
      body: agentHeartbeatRequestSchema,
      response: { 200: agentHeartbeatResponseSchema },
    },
    handler: async (request) => unwrap(service.agentHeartbeat(runOf(request), request.body)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/network-turn`,
    schema: {
      summary: "Ask for, keep or give back the turn to test the network against the console's link",
      body: networkTurnRequestSchema,
      response: { 200: networkTurnResponseSchema },
    },
    handler: async (request) => unwrap(service.networkTurn(runOf(request), request.body)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/sensor`,
    bodyLimit: BODY_LIMIT_BYTES.sensor,
    schema: {
      summary: `Up to ${MAX_SAMPLES_PER_BATCH} sensor samples; more is 413 and nothing is taken`,
      body: sensorRequestSchema,
      response: { 200: sensorResponseSchema },
    },
    preValidation: async (request) => refuseTooManySamples(request.body),
    handler: async (request) => {
      const answer = unwrap(await service.submitSamples(runOf(request), request.body));
      counters.samplesIngested += answer.accepted;
      return answer;
    },
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/log`,
    bodyLimit: BODY_LIMIT_BYTES.log,
    schema: {
      summary: "Log lines",
      body: logRequestSchema,
      response: { 200: logResponseSchema },
    },
    handler: async (request) => {
      const answer = unwrap(await service.submitLog(runOf(request), request.body));
      counters.logLinesIngested += answer.accepted;
      return answer;
    },
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/inventory`,
    bodyLimit: BODY_LIMIT_BYTES.inventory,
    schema: {
      summary: "What the host is made of",
      body: inventoryRequestSchema,
      response: { 200: inventoryResponseSchema },
    },
    handler: async (request) => unwrap(service.submitInventory(runOf(request), request.body)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/firmware`,
    bodyLimit: BODY_LIMIT_BYTES.firmware,
    schema: {
      summary: "Firmware versions, one row a component",
      body: firmwareRequestSchema,
      response: { 200: storedResponseSchema },
    },
    handler: async (request) => unwrap(service.submitFirmware(runOf(request), request.body)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/evidence`,
    bodyLimit: BODY_LIMIT_BYTES.evidence,
    schema: {
      summary: "One file of evidence",
      body: evidenceRequestSchema,
      response: { 200: storedResponseSchema },
    },
    handler: async (request) => unwrap(service.submitEvidence(runOf(request), request.body)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/result`,
    bodyLimit: BODY_LIMIT_BYTES.result,
    schema: {
      summary: "The outcome of the current stage; 409 on any other stage, and the run parks",
      body: resultRequestSchema,
      response: { 200: resultResponseSchema },
    },
    handler: async (request) => unwrap(service.submitResult(runOf(request), request.body)),
  });
}

function refuseTooManySamples(body: unknown): void {
  const samples = (body as { samples?: unknown } | null | undefined)?.samples;
  if (Array.isArray(samples) && samples.length > MAX_SAMPLES_PER_BATCH) {
    throw new ProblemError(
      "too-many-samples",
      `${samples.length} samples came in one batch; at most ${MAX_SAMPLES_PER_BATCH} are taken at a time. None was stored.`,
    );
  }
}
