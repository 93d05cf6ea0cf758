/** What a run has besides its detail, as the console answers it: log, series, firmware, evidence, report. */
import type { LogLine } from "../../contract/agent-api.ts";
import type { RunDetail, SeriesResponse } from "../../contract/console-api.ts";
import {
  diffFirmware,
  diffSnapshots,
  type FirmwarePin,
  type FirmwareRow,
} from "../../contract/firmware.ts";

export interface RunFiles {
  series: SeriesResponse[];
  logs: LogLine[];
  /** Snapshots by run; a run that is not here has none. */
  firmware?: Record<number, readonly FirmwareRow[]>;
  /** Pins of every spec. */
  pins?: readonly FirmwarePin[];
  /** Texts of evidence by its id. */
  evidence?: Record<number, string>;
}

export interface FileAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const REPORT =
  "<!doctype html><title>Report</title><h1>Fail</h1><p>What the report says stands here.</p>";

/** @param rest the path below `runs/:id`. @returns null for what is no file of a run. */
export function answerRunFile(
  data: RunFiles,
  run: RunDetail,
  rest: readonly string[],
  query: URLSearchParams,
): FileAnswer | null {
  const [part, second] = rest;
  switch (part) {
    case "logs":
      return json({ lines: linesOf(data.logs, query) });
    case "series":
      return second === "all" ? json({ series: spanOf(data.series, query) }) : null;
    case "firmware":
      return firmware(data, run, second, query);
    case "evidence": {
      const text = data.evidence?.[Number(second)];
      return text === undefined
        ? notFound("There is no such evidence.")
        : plain("text/plain", text);
    }
    case "report.html":
      return plain("text/html; charset=utf-8", REPORT);
    default:
      return null;
  }
}

function linesOf(logs: readonly LogLine[], query: URLSearchParams) {
  const after = Number(query.get("after") ?? 0);
  const before = Number(query.get("before") ?? Number.MAX_SAFE_INTEGER);
  const limit = Number(query.get("limit") ?? 1000);
  const receivedAt = new Date().toISOString();
  return logs
    .filter(({ sequence }) => sequence > after && sequence < before)
    .slice(query.get("tail") === "1" ? -limit : 0)
    .slice(0, limit)
    .map((line) => ({ ...line, receivedAt }));
}

function spanOf(series: readonly SeriesResponse[], query: URLSearchParams): SeriesResponse[] {
  const from = Number(query.get("from") ?? 0);
  const to = Number(query.get("to") ?? Number.MAX_SAFE_INTEGER);
  return series.map((one) => ({
    ...one,
    points: one.points.filter(([t]) => t >= from && t <= to),
  }));
}

function firmware(
  data: RunFiles,
  run: RunDetail,
  second: string | undefined,
  query: URLSearchParams,
): FileAnswer {
  const found = data.firmware?.[run.id];
  if (found === undefined) return notFound(`Run ${run.id} has posted no firmware snapshot yet.`);
  if (second !== "diff") return json({ components: found });
  const against = query.get("against") ?? "spec";
  if (against === "spec") {
    return json({ against: `spec ${run.spec}`, rows: diffFirmware(data.pins ?? [], found) });
  }
  const rows = diffSnapshots(data.firmware?.[Number(against)] ?? [], found).map(
    ({ before, after, ...row }) => ({ ...row, expected: before, actual: after }),
  );
  return json({ against: `run ${against}`, rows });
}

function json(body: unknown): FileAnswer {
  return { status: 200, type: "application/json", body: JSON.stringify(body) };
}

function plain(type: string, body: string): FileAnswer {
  return { status: 200, type, body };
}

function notFound(detail: string): FileAnswer {
  const type = "urn:vetting:problem:not-found";
  return { ...json({ type, title: "Not found", status: 404, detail }), status: 404 };
}
