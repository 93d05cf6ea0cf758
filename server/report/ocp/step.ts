import type { LogLine } from "../../../contract/agent-api.ts";
import type { RunDetail, SeriesResponse, StageAttempt } from "../../../contract/console-api.ts";
import type { Gap } from "../../../contract/stage-result.ts";
import { formatQuantity, proofLine } from "../../../contract/wording/format.ts";
import { type Artifact, inOrder, stepArtifact } from "./artifact.ts";
import type { Hardware } from "./hardware.ts";
import { limitValidators, seriesArtifacts } from "./series.ts";
import { AGENT_SOFTWARE_ID } from "./start.ts";

type Evidence = RunDetail["evidence"][number];

/** One attempt of a stage with all that belongs to it. */
export interface Step {
  readonly attempt: StageAttempt;
  /** What it did not exercise though it was expected. */
  readonly gaps: readonly Gap[];
  readonly series: readonly SeriesResponse[];
  readonly log: readonly LogLine[];
  readonly evidence: readonly Evidence[];
}

/** How a step ends [ocp-diag-core: testStatus]. A stage that was ended early was not carried out. */
const STATUS = {
  complete: "COMPLETE",
  error: "ERROR",
  skipped: "SKIP",
  cancelled: "SKIP",
} as const;
const SEVERITY = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" } as const;

export function logContent({ level, source, text }: LogLine): object {
  return { severity: SEVERITY[level], message: `${source}: ${text}` };
}

/** The artifacts of a step, from its start to its end; a step under way has none at its end. */
export function stepArtifacts(run: RunDetail, hardware: Hardware, step: Step): Artifact[] {
  const { attempt } = step;
  const id = stepIdOf(attempt);
  const emit = (at: string, kind: Parameters<typeof stepArtifact>[2], content: object) =>
    stepArtifact(id, at, kind, content);
  const start = emit(attempt.startedAt, "testStepStart", { name: attempt.stage });
  const during = inOrder([
    ...step.series.flatMap((series) => seriesArtifacts(id, attempt, series, run.thresholds)),
    ...step.log.map((line) => emit(line.t, "log", logContent(line))),
    ...attempt.breaches.map(({ t, sensor, value, limit, unit, severity }) =>
      emit(t, "log", {
        severity: severity === "fail" ? "ERROR" : "WARNING",
        message: `${sensor} is ${formatQuantity(value, unit)}, beyond its limit of ${formatQuantity(limit, unit)}.`,
      }),
    ),
    ...step.evidence.map((file) => emit(file.receivedAt, "file", fileContent(run.id, file))),
  ]);
  const { endedAt, status } = attempt;
  if (status === "running" || endedAt === null) return [start, ...during];
  return [
    start,
    ...during,
    ...attempt.proof.map((proof) =>
      emit(endedAt, "log", { severity: "INFO", message: `Proof of stress: ${proofLine(proof)}` }),
    ),
    ...attempt.measurements.map((measurement) =>
      emit(endedAt, "measurement", measurementContent(hardware, measurement)),
    ),
    ...(status === "error"
      ? [
          emit(endedAt, "error", {
            symptom: "stage-error",
            message: attempt.reason ?? `${attempt.stage} could not be carried out.`,
            ...(run.agentVersion === null ? {} : { softwareInfoIds: [AGENT_SOFTWARE_ID] }),
          }),
        ]
      : []),
    ...diagnoses(hardware, step).map((content) => emit(endedAt, "diagnosis", content)),
    emit(endedAt, "testStepEnd", { status: STATUS[status] }),
  ];
}

/** Unique in the run: a stage that was overridden has several attempts. */
export function stepIdOf({ stage, attempt }: Pick<StageAttempt, "stage" | "attempt">): string {
  return `${stage}-${attempt}`;
}

function measurementContent(
  hardware: Hardware,
  { name, value, unit, min, max, item }: StageAttempt["measurements"][number],
): object {
  const validators = limitValidators({ min, max });
  const hardwareInfoId = item === undefined ? null : hardware.idOfItem(item);
  return {
    name,
    value,
    unit,
    ...(validators.length === 0 ? {} : { validators }),
    ...(hardwareInfoId === null ? {} : { hardwareInfoId }),
    ...(item === undefined ? {} : { metadata: { item } }),
  };
}

/** What the stage says of the host: of each blamed part, and of all that it could say nothing about. */
function diagnoses(hardware: Hardware, { attempt, gaps }: Step): object[] {
  const { stage, status, result, blame } = attempt;
  const message = attempt.reason ?? attempt.summary ?? `${stage}: ${status}.`;
  const word = (ending: string) => `${stage.toLowerCase()}-${ending}`;
  const unknown = gaps.map(({ what, why }) => ({
    verdict: word("not-exercised"),
    type: "UNKNOWN",
    message: `${what}: ${why}`,
  }));
  if (status !== "complete") {
    return [{ verdict: word(status), type: "UNKNOWN", message }, ...unknown];
  }
  if (result === "pass") return [{ verdict: word("pass"), type: "PASS", message }, ...unknown];
  const failed = { verdict: word("fail"), type: "FAIL", message };
  const parts = blame.map((part) => {
    const hardwareInfoId = hardware.idOfBlamed(part);
    return hardwareInfoId === null ? failed : { ...failed, hardwareInfoId };
  });
  return [...(parts.length === 0 ? [failed] : parts), ...unknown];
}

/** The file stays with the console: its address there. */
function fileContent(runId: number, { id, name, kind, bytes, truncated }: Evidence): object {
  return {
    displayName: name,
    uri: `/api/v1/runs/${runId}/evidence/${id}`,
    description: `${kind} around the failure`,
    contentType: "text/plain",
    isSnapshot: false,
    metadata: { kind, bytes, truncated },
  };
}
