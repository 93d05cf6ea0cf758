import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemSchema } from "../../../contract/common.ts";
import { PROBLEMS, type ProblemKind, problemDocument } from "../../../server/routes/problems.ts";
import type { FailureKind } from "../../../server/run/failure.ts";
import { RUN_TOKEN } from "./fake-service.ts";
import { AUTHORIZED, type Harness, harness } from "./harness.ts";

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());

/** The statuses that the outside relies on; a new kind of failure does not compile without one. */
const STATUS_OF_FAILURE: Record<FailureKind, number> = {
  "not-found": 404,
  "host-offline": 409,
  "host-occupied": 409,
  "unknown-profile": 400,
  "unknown-spec": 400,
  "run-over": 409,
  "illegal-transition": 409,
  "duplicate-mac": 409,
  "stage-mismatch": 409,
  "run-dead": 410,
  "no-stage": 409,
  "boot-token-refused": 401,
  "run-token-refused": 401,
  "enrolment-refused": 401,
  "sequence-conflict": 409,
  "too-many-samples": 413,
  "disk-full": 507,
};

test.each(Object.entries(STATUS_OF_FAILURE))("%s is answered with %i", (kind, status) => {
  expect(PROBLEMS[kind as FailureKind].status).toBe(status);
});

test("every kind makes a problem document with a type of its own", () => {
  const kinds = Object.keys(PROBLEMS) as ProblemKind[];
  const documents = kinds.map((kind) => problemSchema.parse(problemDocument(kind, "Why.")));
  expect(new Set(documents.map(({ type }) => type)).size).toBe(kinds.length);
  for (const { title, status } of documents) {
    expect(title).not.toBe("");
    expect(status).toBeGreaterThanOrEqual(400);
  }
});

const agentPost = (name: string, payload: object) =>
  h.lab.inject({
    method: "POST",
    url: `/api/agent/v1/${name}`,
    headers: { authorization: `Bearer ${RUN_TOKEN}` },
    payload,
  });

describe("answers", () => {
  test("a result for another stage: 409 with where the run went", async () => {
    const answer = await agentPost("result", {
      sequence: 9,
      stage: "Inventory",
      status: "complete",
      result: "pass",
      startedAt: "2026-01-01T00:00:00.000Z",
      endedAt: "2026-01-01T00:00:00.000Z",
      summary: "",
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json()).toMatchObject({
      type: "urn:vetting:problem:stage-mismatch",
      status: 409,
      detail: "The run is in CPUStress, not in Inventory.",
      nextState: "FailedHolding",
    });
  });

  test("500 samples are taken; 501 are 413 and none of them is", async () => {
    const samples = (count: number) => ({
      samples: Array.from({ length: count }, (_, index) => ({
        sequence: index + 1,
        stage: "CPUStress",
        t: "2026-01-01T00:00:00.000Z",
        sensor: "x".repeat(128),
        value: 1.5,
        unit: "Cel",
      })),
    });
    expect((await agentPost("sensor", samples(500))).json()).toEqual({
      accepted: 500,
      breaches: [],
    });
    const before = h.service.called("submitSamples").length;
    const refused = await agentPost("sensor", samples(501));
    expect(refused.statusCode).toBe(413);
    expect(refused.json().type).toBe("urn:vetting:problem:too-many-samples");
    expect(h.service.called("submitSamples").length).toBe(before);
  });

  test("evidence of the full size is taken; a body beyond the limit is 413", async () => {
    const evidence = { sequence: 1, stage: null, kind: "dmesg", name: "dmesg.txt" };
    const full = await agentPost("evidence", { ...evidence, text: "ß".repeat(1_000_000) });
    expect(full.statusCode).toBe(200);
    const beyond = await agentPost("heartbeat", { bootId: "b".repeat(100_000) });
    expect(beyond.statusCode).toBe(413);
    expect(beyond.json().type).toBe("urn:vetting:problem:payload-too-large");
  });

  test("a bug inside: 500 without its words, and the words in the log", async () => {
    h.service.bug = new Error("SELECT secret FROM runs");
    const answer = await h.console.inject({ url: "/api/v1/hosts", headers: AUTHORIZED });
    h.service.bug = null;
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("SELECT");
    expect(answer.json().type).toBe("urn:vetting:problem:internal-error");
    expect(h.logs.join("")).toContain("SELECT secret FROM runs");
  });

  test("a disk that is full is said as such wherever it hurts", async () => {
    h.service.bug = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
    const answer = await h.lab.inject({ url: "/boot.ipxe?mac=52:54:00:12:34:56" });
    h.service.bug = null;
    expect(answer.statusCode).toBe(507);
    expect(answer.json().type).toBe("urn:vetting:problem:disk-full");
  });

  test("an address that does not exist: 404; another method: 405 with what is allowed", async () => {
    const unknown = await h.console.inject({ url: "/api/v1/nothing", headers: AUTHORIZED });
    expect(unknown.statusCode).toBe(404);
    const wrong = await h.console.inject({
      method: "DELETE",
      url: "/api/v1/hosts/3",
      headers: AUTHORIZED,
    });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers.allow).toBe("GET, HEAD, PATCH");
    const lab = await h.lab.inject({ method: "GET", url: "/api/agent/v1/claim" });
    expect(lab.statusCode).toBe(405);
    expect(lab.headers.allow).toBe("POST");
  });

  test("an address that is not even one: 400", async () => {
    const answer = await h.lab.inject({ url: "/boot/%ZZ" });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  test.each([
    "/api/v1/hosts/99",
    "/api/v1/runs/99",
    "/api/v1/runs/99/logs",
    "/api/v1/runs/99/series?sensor=a",
    "/api/v1/runs/7/series?sensor=unknown",
    "/api/v1/runs/8/firmware",
    "/api/v1/runs/6/firmware/diff",
    "/api/v1/runs/7/firmware/diff?against=8",
    "/api/v1/runs/7/evidence/6",
    "/api/v1/runs/99/report.html",
    "/api/v1/runs/99/report.jsonl",
    "/api/v1/runs/99/report.junit.xml",
    "/api/v1/runs/7/report.pdf",
  ])("%s: 404 with a sentence", async (url) => {
    const answer = await h.console.inject({ url, headers: AUTHORIZED });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().detail).toMatch(/\.$/);
  });
});
