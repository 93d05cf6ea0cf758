import type { RunDetail, StageAttempt } from "../../contract/console-api.ts";
import type { StageName } from "../../contract/stages.ts";
import { STAGES } from "../../contract/stages.ts";
import { breachSentence } from "../../contract/wording/format.ts";
import { marginOf, marginText } from "../../contract/wording/margin.ts";
import { escapeHtml } from "../../server/report/markup.ts";
import type { Vetted } from "./bench.ts";
import type { CleanRow, FaultOutcome, FaultRow } from "./fault-row.ts";

/** What a run came to, held against what its row demands. */
export interface Judgement {
  readonly outcome: FaultOutcome;
  /** Empty when the row is good. */
  readonly problems: readonly string[];
}

/** Whatever fails, these are taken of it before anybody touches the host. */
const EVIDENCE = ["dmesg", "interfaces", "tool-output"];

export function judgeFault(row: FaultRow, { run, report }: Vetted): Judgement {
  const problems: string[] = [];
  const demand = (holds: boolean, words: string) => {
    if (!holds) problems.push(words);
  };
  const told = toldOf(row, run);
  const holds = row.comes === "fail" || row.comes === "error";
  if (holds) {
    demand(run.state === "FailedHolding", `the run is ${run.state}, not FailedHolding`);
    demand(run.verdict === "fail", `the verdict is ${run.verdict}, not fail`);
    demand(
      run.failedStage === row.stage,
      `${run.failedStage ?? "no stage"} failed, not ${row.stage}`,
    );
    const attempt = lastAttempt(run, row.stage);
    const status = row.comes === "fail" ? "complete" : "error";
    demand(attempt?.status === status, `the attempt is ${attempt?.status}, not ${status}`);
    const kinds = new Set(run.evidence.map(({ kind }) => kind));
    for (const kind of row.evidence ?? EVIDENCE)
      demand(kinds.has(kind), `no ${kind} in the evidence`);
    demand(blames(attempt, row), `blamed: ${JSON.stringify(attempt?.blame ?? [])}`);
  } else {
    const verdict = row.comes === "gap" ? "pass_with_gaps" : "pass";
    demand(run.verdict === verdict, `the verdict is ${run.verdict}, not ${verdict}: ${why(run)}`);
  }
  demand(report.includes(paper(row, run)), `the report does not say: ${paper(row, run)}`);
  for (const words of row.says) demand(told.includes(words), `"${words}" is not said`);
  return outcomeOf(row, "fault", holds ? (run.failedStage ?? "") : row.stage, told, problems);
}

export function judgeClean(row: CleanRow, { run }: Vetted): Judgement {
  const problems: string[] = [];
  const demand = (holds: boolean, words: string) => {
    if (!holds) problems.push(words);
  };
  demand(
    run.verdict === row.verdict,
    `the verdict is ${run.verdict}, not ${row.verdict}: ${why(run)}`,
  );
  const wanted = [...(row.gaps ?? [])];
  for (const gap of run.gaps) {
    const at = wanted.findIndex(
      ([stage, what, words]) =>
        stage === gap.stage && gap.what.startsWith(what) && gap.why.includes(words),
    );
    demand(at >= 0, `a gap that is none: ${gap.stage} ${gap.what}: ${gap.why}`);
    if (at >= 0) wanted.splice(at, 1);
  }
  for (const [stage, what] of wanted) demand(false, `not listed: ${stage} ${what}`);
  for (const stage of STAGES) {
    const attempts = run.stages.filter((attempt) => attempt.stage === stage);
    const count = row.attempts?.[stage] ?? 1;
    demand(attempts.length === count, `${stage} had ${attempts.length} attempts, not ${count}`);
    const breached = attempts.flatMap(({ breaches }) => breaches);
    for (const breach of breached)
      demand(false, `a breach: ${breachSentence(breach, breach.unit)}`);
    for (const { blame } of attempts)
      demand(blame.length === 0, `blamed: ${JSON.stringify(blame)}`);
  }
  const gaps = run.gaps.map(({ what }) => what).join(", ");
  const told = `${run.verdict}${gaps === "" ? "" : `, not exercised: ${gaps}`}`;
  return outcomeOf(row, "clean", "", told, problems);
}

function outcomeOf(
  row: FaultRow | CleanRow,
  kind: FaultOutcome["kind"],
  by: string,
  told: string,
  problems: readonly string[],
): Judgement {
  const { id, fault } = row;
  const how = "how" in row ? row.how : "";
  const stage = "stage" in row ? row.stage : "";
  const good = problems.length === 0;
  const words = good ? told : `${problems.join("; ")} | ${told}`;
  return { outcome: { kind, id, fault, how, stage, good, by, words }, problems };
}

/** All that the console says of the fault, where a person reads it. */
function toldOf({ comes, stage }: FaultRow, run: RunDetail): string {
  const attempt = lastAttempt(run, stage);
  switch (comes) {
    case "fail":
    case "error":
      return run.reason ?? "";
    case "gap":
      return run.gaps
        .filter((gap) => gap.stage === stage)
        .map(({ what, why: reason }) => `${what}: ${reason}`)
        .join(" ");
    case "warning":
      return [
        attempt?.summary ?? "",
        ...(attempt?.breaches ?? []).map((breach) => breachSentence(breach, breach.unit)),
        ...run.warnings,
      ].join(" ");
    case "marginal":
      return (attempt?.measurements ?? [])
        .map((measurement) => ({ measurement, margin: marginOf(measurement) }))
        .filter(({ margin }) => margin.standing === "marginal")
        .map(({ measurement, margin }) => {
          const { item = measurement.name, value, unit } = measurement;
          return `${item} is ${value} ${unit}, marginal: ${marginText(margin)}`;
        })
        .join("; ");
  }
}

/** What must stand in the report that goes along with the machine, as it is written in HTML. */
function paper({ comes, stage }: FaultRow, run: RunDetail): string {
  const gap = run.gaps.find((one) => one.stage === stage);
  const words = {
    fail: run.reason,
    error: run.reason,
    gap: gap?.why,
    warning: "",
    marginal: "Marginal",
  };
  return escapeHtml(words[comes] ?? "");
}

function lastAttempt(run: RunDetail, stage: StageName): StageAttempt | undefined {
  return run.stages.findLast((attempt) => attempt.stage === stage);
}

function blames(attempt: StageAttempt | undefined, { blames: wanted }: FaultRow): boolean {
  if (wanted === undefined) return true;
  return (attempt?.blame ?? []).some((blame) =>
    Object.entries(wanted).every(([key, value]) => blame[key as keyof typeof blame] === value),
  );
}

function why(run: RunDetail): string {
  if (run.reason !== null) return `${run.failedStage}: ${run.reason}`;
  return run.gaps.map((gap) => `${gap.stage} ${gap.what}: ${gap.why}`).join("; ");
}
