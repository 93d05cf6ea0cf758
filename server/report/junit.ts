import type { StageAttempt } from "../../contract/console-api.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import {
  formatQuantity,
  limitText,
  proofLine,
  secondsBetween,
  standing,
} from "../../contract/wording/format.ts";
import {
  headline,
  STAGE_STATUS,
  stageStanding,
  verdictStatus,
} from "../../contract/wording/status-table.ts";
import type { ReportInput } from "./input.ts";
import { element } from "./xml.ts";

/** How a test case came out; `message` is what a list of results shows. */
interface Outcome {
  readonly kind: "passed" | "skipped" | "error" | "failure";
  readonly message: string;
  readonly text: string;
}
interface TestCase extends Outcome {
  readonly name: string;
  readonly seconds: number;
}

/**
 * A run as one JUnit test suite: a case a stage, and one for the verdict. A list of results is green when nothing
 * failed, skipped cases or not: so the case of the verdict is in error after a pass with gaps and after an
 * incomplete run. Pure: the same input gives the same text.
 */
export function renderJunit(input: ReportInput): string {
  const { run, generatedAt } = input;
  const cases = [...STAGES.map((stage) => stageCase(input, stage)), verdictCase(input)];
  const count = (kind: Outcome["kind"]) => cases.filter((one) => one.kind === kind).length;
  const begun = run.startedAt ?? run.createdAt;
  const suite = element(
    "testsuite",
    {
      package: "vetting",
      id: 0,
      name: `vetting.${run.profile}`,
      // The schema allows no time zone; every time of a run is UTC.
      timestamp: new Date(begun).toISOString().slice(0, 19),
      hostname: run.hostName,
      tests: cases.length,
      failures: count("failure"),
      errors: count("error"),
      skipped: count("skipped"),
      time: seconds(secondsBetween(begun, run.endedAt ?? generatedAt)),
    },
    [
      element(
        "properties",
        {},
        properties(input).map(([name, value]) => element("property", { name, value })),
      ),
      ...cases.map((one) => testCase(run.profile, one)),
      element("system-out", {}, run.stages.map(attemptText).join("\n")),
      element("system-err", {}, warningsOf(input).join("\n")),
    ],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", {}, [suite])}`;
}

function testCase(profile: string, { name, kind, message, text, seconds: time }: TestCase): string {
  const attributes = { name, classname: `vetting.${profile}`, time: seconds(time) };
  if (kind === "passed") return element("testcase", attributes);
  const type = kind === "skipped" ? undefined : `vetting.${kind}`;
  return element("testcase", attributes, [element(kind, { message, type }, text)]);
}

function stageCase({ run }: ReportInput, stage: StageName): TestCase {
  const attempts = run.stages.filter((attempt) => attempt.stage === stage);
  const spent = attempts.map(({ startedAt, endedAt }) => secondsBetween(startedAt, endedAt) ?? 0);
  return {
    name: stage,
    seconds: spent.reduce((sum, one) => sum + one, 0),
    ...stageOutcome(run, stage, attempts),
  };
}

/** As its last attempt; a stage that passed and left something out is not listed as passed. */
function stageOutcome(
  run: ReportInput["run"],
  stage: StageName,
  attempts: readonly StageAttempt[],
): Outcome {
  const last = attempts.at(-1);
  const stands = stageStanding(attempts, run.state);
  const text = last === undefined ? "" : failureText(last);
  const message = last?.reason ?? last?.summary ?? STAGE_STATUS[stands].means;
  switch (stands) {
    case "pass": {
      const gaps = run.gaps.filter((gap) => gap.stage === stage);
      if (gaps.length === 0) return { kind: "passed", message: "", text: "" };
      const named = gaps.map(({ what, why }) => `${what}: ${why}`).join(" ");
      return { kind: "skipped", message: `Passed, but not all was exercised. ${named}`, text };
    }
    case "fail":
      return { kind: "failure", message, text };
    case "error":
      return { kind: "error", message, text };
    case "skipped":
    case "cancelled":
    case "running":
    case "pending":
    case "not_reached":
      return { kind: "skipped", message: `${STAGE_STATUS[stands].word}. ${message}`, text };
  }
}

function verdictCase({ run }: ReportInput): TestCase {
  const { word, means } = verdictStatus(run.verdict);
  const gaps = run.gaps.map(({ stage, what, why }) => `Not exercised: ${what} (${stage}): ${why}`);
  const why = run.reason === null ? [] : [run.reason];
  return {
    name: "Verdict",
    seconds: 0,
    kind: run.verdict === "pass" ? "passed" : run.verdict === "fail" ? "failure" : "error",
    message: [`${word}: ${means}`, ...why].join(" "),
    text: gaps.join("\n"),
  };
}

function properties({ run, host }: ReportInput): (readonly [string, string])[] {
  const pairs: (readonly [string, string | null])[] = [
    ["run", String(run.id)],
    ["host", run.hostName],
    ["vendor", host.vendor],
    ["product", host.product],
    ["serial", host.serial],
    ["macs", host.macs.join(" ")],
    ["simulated", String(host.simulated)],
    ["profile", run.profile],
    ["nonDestructive", String(run.nonDestructive)],
    ["spec", run.spec],
    ["state", run.state],
    ["headline", headline(run).word],
    ["verdict", run.verdict],
    ["failedStage", run.failedStage],
    ["operator", run.operator],
    ["ticket", run.ticket],
    ["consoleVersion", run.consoleVersion],
    ["agentVersion", run.agentVersion],
  ];
  return pairs.filter((pair): pair is [string, string] => pair[1] !== null);
}

/** The part to pull, and every value beyond its limit. */
function failureText({ blame, breaches, measurements }: StageAttempt): string {
  return [
    ...blame.map(({ part, slot, serial, model }) =>
      [
        part,
        ...(slot === null ? [] : [`slot ${slot}`]),
        ...(model === null ? [] : [model]),
        ...(serial === null ? [] : [`serial ${serial}`]),
      ].join(", "),
    ),
    ...breaches.map(
      ({ t, sensor, value, limit, unit }) =>
        `${t} ${sensor} ${formatQuantity(value, unit)}, limit ${formatQuantity(limit, unit)}`,
    ),
    ...measurements
      .filter((one) => standing(one) === "beyond")
      .map((one) => `${measurementText(one)}, limit ${limitText(one)}`),
  ].join("\n");
}

function attemptText(attempt: StageAttempt): string {
  const { stage, attempt: number, status, result, reason, summary } = attempt;
  return [
    `${stage}, attempt ${number}: ${status}${result === null ? "" : `, ${result}`}. ${reason ?? summary ?? ""}`,
    ...attempt.proof.map((proof) => `  proof ${proofLine(proof)}`),
    ...attempt.measurements.map((one) => `  ${measurementText(one)}`),
  ].join("\n");
}

function measurementText({ name, item, value, unit }: StageAttempt["measurements"][number]) {
  return `${name}${item === undefined ? "" : ` of ${item}`}: ${formatQuantity(value, unit)}`;
}

function warningsOf({ run }: ReportInput): string[] {
  return [
    ...run.warnings,
    ...(run.droppedSamples > 0 ? [`${run.droppedSamples} sensor samples were dropped.`] : []),
    ...run.overrides.map(
      ({ stage, reason, operator, at }) =>
        `${at} ${stage} was entered again by ${operator ?? "an operator without a name"}: ${reason}`,
    ),
  ];
}

function seconds(value: number | null): string {
  return Math.max(0, value ?? 0).toFixed(3);
}
