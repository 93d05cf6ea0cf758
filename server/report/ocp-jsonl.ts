import type { StageAttempt } from "../../contract/console-api.ts";
import { isTerminal } from "../../contract/run-state.ts";
import type { StageName } from "../../contract/stages.ts";
import { headline, VERDICT_STATUS } from "../../contract/wording/status-table.ts";
import type { OcpInput } from "./input.ts";
import { type Artifact, inOrder, jsonLines, runArtifact } from "./ocp/artifact.ts";
import { Hardware } from "./ocp/hardware.ts";
import { testRunStart } from "./ocp/start.ts";
import { logContent, type Step, stepArtifacts } from "./ocp/step.ts";

/** The version of the format that is written. */
const SCHEMA_VERSION = { major: 2, minor: 0 } as const;

/**
 * A run as OCP diagnostics output: JSON lines that the Open Compute Project's tools read, made a line at a time. The
 * same input gives the same text. A run under way ends without `testRunEnd`, as a stream that was cut does.
 */
export function renderOcpJsonl(input: OcpInput): Iterable<string> {
  return jsonLines(artifactsOf(input));
}

function* artifactsOf(input: OcpInput): Generator<Artifact> {
  const { run } = input;
  const hardware = new Hardware(run);
  const begun = run.startedAt ?? run.createdAt;
  yield { at: begun, body: { schemaVersion: SCHEMA_VERSION } };
  yield runArtifact(begun, "testRunStart", testRunStart(input, hardware.infos));
  // Steps never overlap. What belongs to none stands before the first step that began after it.
  const loose = looseArtifacts(input);
  for (const attempt of run.stages) {
    const startMs = Date.parse(attempt.startedAt);
    const later = loose.findIndex(({ at }) => Date.parse(at) >= startMs);
    yield* loose.splice(0, later === -1 ? loose.length : later);
    yield* stepArtifacts(run, hardware, stepOf(input, attempt));
  }
  yield* loose;
  yield* ending(input);
}

/** An attempt with the lines, files and series that belong to it. */
function stepOf({ run, log, seriesOf }: OcpInput, attempt: StageAttempt): Step {
  const isLast = run.stages.findLast(({ stage }) => stage === attempt.stage)?.id === attempt.id;
  return {
    attempt,
    gaps: isLast
      ? run.gaps.filter(({ stage, what }) => stage === attempt.stage && what !== stage)
      : attempt.gaps,
    series: seriesOf(attempt),
    log: log.filter(({ stage, t }) => attemptAt(run.stages, stage, t) === attempt.id),
    evidence: run.evidence.filter(
      ({ stage, receivedAt }) => attemptAt(run.stages, stage, receivedAt) === attempt.id,
    ),
  };
}

/** The attempt of a stage that was the latest at a time; without a stage none. */
function attemptAt(
  attempts: OcpInput["run"]["stages"],
  stage: StageName | null,
  at: string,
): number | null {
  const own = attempts.filter((attempt) => attempt.stage === stage);
  const begun = own.filter(({ startedAt }) => Date.parse(startedAt) <= Date.parse(at));
  return (begun.at(-1) ?? own[0])?.id ?? null;
}

/** What belongs to the run and to none of its steps. */
function looseArtifacts({ run, log }: OcpInput): Artifact[] {
  const begun = run.startedAt ?? run.createdAt;
  const warning = (at: string, message: string) =>
    runArtifact(at, "log", { severity: "WARNING", message });
  return inOrder([
    ...run.warnings.map((text) => warning(begun, text)),
    ...log
      .filter(({ stage, t }) => attemptAt(run.stages, stage, t) === null)
      .map((line) => runArtifact(line.t, "log", logContent(line))),
    ...run.evidence
      .filter(({ stage, receivedAt }) => attemptAt(run.stages, stage, receivedAt) === null)
      .map(({ id, name, receivedAt }) =>
        runArtifact(receivedAt, "log", {
          severity: "INFO",
          message: `Evidence ${name}: /api/v1/runs/${run.id}/evidence/${id}`,
        }),
      ),
    ...run.overrides.map(({ stage, reason, operator, at }) =>
      warning(
        at,
        `${stage} was entered again by ${operator ?? "an operator without a name"}: ${reason}`,
      ),
    ),
  ]);
}

/**
 * How the run ends. The format knows a result only of what was carried out: a pass with gaps and a run that says
 * nothing are SKIP and NOT_APPLICABLE, never PASS, and the words say what was not exercised.
 */
function ending({ run, logLeftOut, generatedAt }: OcpInput): Artifact[] {
  const at = run.endedAt ?? (isTerminal(run.state) ? run.stateSince : generatedAt);
  const say = (severity: "INFO" | "WARNING", message: string) =>
    runArtifact(at, "log", { severity, message });
  const notes = [
    ...run.gaps.map(({ stage, what, why }) =>
      say("WARNING", `Not exercised: ${what} (${stage}): ${why}`),
    ),
    ...(run.droppedSamples > 0
      ? [say("WARNING", `${run.droppedSamples} sensor samples were dropped by the agent.`)]
      : []),
    ...(logLeftOut > 0 ? [say("INFO", `${logLeftOut} older log lines were left out.`)] : []),
  ];
  if (run.verdict === null) {
    return [...notes, say("INFO", `The run is under way (${run.state}); this output ends here.`)];
  }
  const { word, means } = VERDICT_STATUS[run.verdict];
  const why = run.reason === null ? "" : ` ${run.reason}`;
  const summary = `${headline(run).word}, verdict ${word}: ${means}${why}`;
  return [
    ...notes,
    ...(run.state === "Failed"
      ? [
          runArtifact(at, "error", {
            symptom: `could-not-begin-${run.failedStage}`,
            message: summary,
          }),
        ]
      : [say(run.verdict === "pass" ? "INFO" : "WARNING", summary)]),
    runArtifact(at, "testRunEnd", endOf(run)),
  ];
}

function endOf({ verdict, state, failedStage, stages }: OcpInput["run"]): object {
  if (verdict === "pass") return { status: "COMPLETE", result: "PASS" };
  const erred = stages.filter(({ stage }) => stage === failedStage).at(-1)?.status === "error";
  if (verdict === "fail" && !erred) return { status: "COMPLETE", result: "FAIL" };
  const status = state === "Failed" || erred ? "ERROR" : "SKIP";
  return { status, result: "NOT_APPLICABLE" };
}
