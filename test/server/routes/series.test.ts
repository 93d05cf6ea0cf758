/** Graphs, CSV and reports as the routes ask the reading thread for them, and what they make of its answers. */
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { problemSchema } from "../../../contract/common.ts";
import { runSeriesResponseSchema } from "../../../contract/console-api.ts";
import type { Read, ReadFailureKind, ReadResult } from "../../../server/reads/reads.ts";
import { AUTHORIZED, type Harness, harness } from "./harness.ts";

let h: Harness;
let asked: Read[] = [];
let given: ReadResult = { ok: true, body: null };
beforeAll(async () => {
  h = await harness({
    read: async (read) => {
      asked.push(read);
      return given;
    },
  });
});
beforeEach(() => {
  asked = [];
  given = { ok: true, body: Buffer.from('{"series":[]}') };
});
afterAll(() => h.close());

const get = (path: string) =>
  h.console.inject({ url: `/api/v1/runs/7/${path}`, headers: AUTHORIZED });

describe("series/all", () => {
  test("asks for every sensor, of the whole run or of a span, and sends the answer as it is", async () => {
    const answer = await get("series/all");
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(runSeriesResponseSchema.parse(answer.json())).toEqual({ series: [] });
    await get("series/all?from=2026-01-01T00:00:00Z&to=1767225700000&points=50");
    expect(asked).toEqual([
      { kind: "run-series", runId: 7, fromMs: null, toMs: null, points: 300 },
      {
        kind: "run-series",
        runId: 7,
        fromMs: Date.parse("2026-01-01T00:00:00Z"),
        toMs: 1767225700000,
        points: 50,
      },
    ]);
  });

  test.each(["points=0", "points=1001", "points=x", "from=yesterday"])(
    "%s is refused before anything is read",
    async (query) => {
      const answer = await get(`series/all?${query}`);
      expect(answer.statusCode).toBe(400);
      expect(problemSchema.parse(answer.json()).errors?.[0]?.path).toBe(query.split("=")[0]);
      expect(asked).toEqual([]);
    },
  );

  test("of a run that is not there: 404 before anything is read", async () => {
    const answer = await h.console.inject({
      url: "/api/v1/runs/99/series/all",
      headers: AUTHORIZED,
    });
    expect(answer.statusCode).toBe(404);
    expect(asked).toEqual([]);
  });
});

describe("series.csv", () => {
  test("is a download with a name that no file system minds", async () => {
    given = { ok: true, body: Buffer.from("time,value,unit,stage\r\n") };
    const answer = await get(`series.csv?sensor=${encodeURIComponent('../fan[1]\r\nx: "=1')}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe("time,value,unit,stage\r\n");
    expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
    expect(answer.headers["content-disposition"]).toBe(
      'attachment; filename="run-7-fan_1_x_1.csv"',
    );
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(asked[0]).toEqual({
      kind: "series-csv",
      runId: 7,
      sensor: '../fan[1]\r\nx: "=1',
      fromMs: null,
      toMs: null,
    });
  });

  test("of a sensor all of signs still has a name", async () => {
    const answer = await get(`series.csv?sensor=${encodeURIComponent("温度")}`);
    expect(answer.headers["content-disposition"]).toContain('filename="run-7-sensor.csv"');
  });

  test("is sent piece by piece", async () => {
    given = { ok: true, body: Readable.from([Buffer.from("a\r\n"), Buffer.from("b\r\n")]) };
    expect((await get("series.csv?sensor=x")).body).toBe("a\r\nb\r\n");
  });

  test("of a sensor that the run has not: 404 that names it; of none: 400", async () => {
    given = { ok: true, body: null };
    const missing = await get("series.csv?sensor=nope");
    expect(missing.statusCode).toBe(404);
    expect(missing.json().detail).toContain('"nope"');
    expect(missing.headers["content-disposition"]).toBeUndefined();
    expect((await get("series.csv")).statusCode).toBe(400);
  });
});

test("a report is asked for with what the run's life knows", async () => {
  given = { ok: true, body: Buffer.from("<!doctype html>") };
  expect((await get("report.html")).body).toBe("<!doctype html>");
  expect(asked[0]).toMatchObject({ kind: "report", name: "html", run: { id: 7 }, host: { id: 3 } });
});

describe("a read that failed is a problem document", () => {
  const STATUS: Record<ReadFailureKind, number> = {
    "read-interrupted": 503,
    "reads-busy": 503,
    "read-too-long": 503,
    "read-failed": 500,
  };
  test.each(Object.entries(STATUS))("%s is answered with %i", async (kind, status) => {
    given = { ok: false, kind: kind as ReadFailureKind, detail: "Why it gave nothing." };
    for (const path of ["series/all", "series?sensor=x", "series.csv?sensor=x", "report.html"]) {
      const answer = await get(path);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      expect(problemSchema.parse(answer.json())).toMatchObject({
        type: `urn:vetting:problem:${kind}`,
        detail: "Why it gave nothing.",
      });
    }
  });

  test("and says when to ask again where that helps", async () => {
    given = { ok: false, kind: "read-interrupted", detail: "Ask again." };
    expect((await get("series/all")).headers["retry-after"]).toBe("1");
    given = { ok: false, kind: "read-too-long", detail: "Shorter." };
    expect((await get("series/all")).headers["retry-after"]).toBeUndefined();
  });
});
