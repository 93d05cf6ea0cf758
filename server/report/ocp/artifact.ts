/**
 * The envelope of the OCP test and validation output, version 2.0
 * (opencomputeproject/ocp-diag-core, json_spec): one JSON document a line.
 */
export interface Artifact {
  /** When it happened, ISO 8601. */
  readonly at: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type RunArtifactKind = "testRunStart" | "testRunEnd" | "log" | "error";
type StepArtifactKind =
  | "testStepStart"
  | "testStepEnd"
  | "measurement"
  | "measurementSeriesStart"
  | "measurementSeriesElement"
  | "measurementSeriesEnd"
  | "diagnosis"
  | "error"
  | "log"
  | "file";

export function runArtifact(at: string, kind: RunArtifactKind, content: object): Artifact {
  return { at, body: { testRunArtifact: { [kind]: content } } };
}

export function stepArtifact(
  testStepId: string,
  at: string,
  kind: StepArtifactKind,
  content: object,
): Artifact {
  return { at, body: { testStepArtifact: { testStepId, [kind]: content } } };
}

/** By their time; those of one time stay as they were given. */
export function inOrder(artifacts: readonly Artifact[]): Artifact[] {
  return [...artifacts].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/**
 * Numbers the artifacts from 0 and writes one a line. Host and console each have a clock: a line never has an earlier
 * time than the one above it, and what was measured keeps its own time in the artifact itself.
 */
export function* jsonLines(artifacts: Iterable<Artifact>): Generator<string> {
  let latestMs = Number.NEGATIVE_INFINITY;
  let sequenceNumber = 0;
  for (const { at, body } of artifacts) {
    latestMs = Math.max(latestMs, Date.parse(at));
    const timestamp = new Date(latestMs).toISOString();
    yield `${JSON.stringify({ ...body, sequenceNumber, timestamp })}\n`;
    sequenceNumber += 1;
  }
}
