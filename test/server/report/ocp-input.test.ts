import { describe, expect, test } from "vitest";
import type { ReportInput } from "../../../server/report/input.ts";
import { ocpInput } from "../../../server/report/ocp-input.ts";
import type { StoredLogLine } from "../../../server/run/ports.ts";
import { at, detail, host, runningRun, T0 } from "../../fakes/console-data.ts";

function inputOf(run = detail()): ReportInput {
  const nothing = { firmware: null, firmwareDiff: null, series: [] };
  return { run, host: host(), ...nothing, generatedAt: at(2000) };
}

function* lines(count: number, level: StoredLogLine["level"]): Generator<StoredLogLine> {
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const stage = "Burn" as const;
    yield { sequence, stage, t: at(sequence), level, source: "kernel", text: "x", receivedAt: T0 };
  }
}

describe("the log of the OCP output", () => {
  test("is warnings and worse", () => {
    const stored = {
      series: () => [],
      logLines: () => [...lines(2, "info"), ...lines(1, "warn"), ...lines(1, "error")],
    };
    expect(ocpInput(inputOf(), stored).log.map(({ level }) => level)).toEqual(["warn", "error"]);
  });

  test("is bounded: the newest lines stay, and how many are left out is known", () => {
    const stored = { series: () => [], logLines: () => lines(7001, "warn") };
    const { log, logLeftOut } = ocpInput(inputOf(), stored);
    expect([log.length, logLeftOut]).toEqual([2000, 5001]);
    expect([log[0]?.sequence, log.at(-1)?.sequence]).toEqual([5002, 7001]);
  });
});

test("a stage's sensors are read within its own time; one under way up to now", () => {
  const asked: { fromMs: number; toMs: number }[] = [];
  const stored = {
    series: (span: (typeof asked)[0]) => {
      asked.push(span);
      return [];
    },
    logLines: () => [],
  };
  const run = runningRun();
  const { seriesOf } = ocpInput(inputOf(run), stored);
  for (const attempt of run.stages) seriesOf(attempt);
  expect(asked).toHaveLength(run.stages.length);
  expect(asked[0]).toMatchObject({ fromMs: T0 + 120_000, toMs: T0 + 129_000 });
  expect(asked.at(-1)?.toMs).toBe(T0 + 2_000_000);
});
