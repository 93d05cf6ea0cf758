import type { Proof } from "../../contract/stage-result.ts";
import { proofObjection } from "../../contract/verdict.ts";
import { type FioJob, type FioPattern, type FioReport, fioArgs, runFio } from "../tools/fio.ts";
import { failureText } from "../tools/tool-result.ts";
import type { DiskTarget } from "./disk-targets.ts";
import type { StageContext } from "./stage.ts";

export interface DiskPass {
  readonly target: DiskTarget;
  readonly pattern: FioPattern;
  readonly job: FioJob | null;
  readonly proof: Proof | null;
  readonly failures: readonly string[];
  /** The host does not let the agent open the disk (outside the live image only): nothing is known of it. */
  readonly forbidden: string | null;
}

export type DiskPassOutcome =
  | { readonly kind: "ran"; readonly passes: readonly DiskPass[]; readonly version: string }
  | { readonly kind: "error"; readonly reason: string };

/** What fio says of a disk's blocks when they are not what was written, or of a request that failed. */
const BAD_WORDS = /\berror|fail|bad (magic|header)|mismatch/i;

const EPERM = 1;
const EACCES = 13;

const WORDS: Readonly<Record<FioPattern, string>> = {
  "random-read": "random read",
  "sequential-read": "sequential read",
  "write-verify": "write and verify",
};

/** One pattern over one or more disks at once. Never writes to a protected disk. */
export async function runDiskPass(
  ctx: Pick<StageContext, "run" | "signal" | "log" | "liveImage">,
  pattern: FioPattern,
  targets: readonly DiskTarget[],
  seconds: number,
  queueDepth: number,
): Promise<DiskPassOutcome> {
  const kept = targets.find(({ protectedBy }) => protectedBy !== null);
  if (pattern === "write-verify" && kept !== undefined) {
    throw new Error(`refused to write to ${kept.name}: ${kept.protectedBy}`);
  }
  const args = fioArgs(pattern, targets, seconds, queueDepth);
  const reading = await runFio(ctx, args, seconds);
  if (reading.kind !== "ok") return { kind: "error", reason: failureText(reading) };
  for (const message of reading.value.messages) ctx.log("warn", message, "fio");
  const passes = targets.map((target) => judgeJob(pattern, target, seconds, reading.value));
  const shut = passes.flatMap(({ forbidden }) => (forbidden === null ? [] : [forbidden]));
  // In the live image the agent is root and may open every disk: one that it may not is no gap.
  if (ctx.liveImage && shut.length > 0) return { kind: "error", reason: shut.join(" ") };
  const { exitCode } = reading.value;
  if (exitCode !== 0 && reading.value.jobs.every(({ error }) => error === 0)) {
    const said = reading.value.messages[0];
    const reason = `fio ended with exit code ${exitCode} and no error in its report${said === undefined ? "." : `: ${said}`}`;
    return { kind: "error", reason };
  }
  return { kind: "ran", version: reading.value.version, passes };
}

function judgeJob(
  pattern: FioPattern,
  target: DiskTarget,
  seconds: number,
  report: FioReport,
): DiskPass {
  const job = report.jobs.find(({ name }) => name === target.name) ?? null;
  const base = { target, pattern, job, proof: null, failures: [], forbidden: null };
  const what = `disk ${target.name} ${WORDS[pattern]}`;
  if (job === null) return { ...base, failures: [`fio reported nothing on ${what}.`] };
  const about = report.messages.filter((message) => message.includes(target.path));
  const said = about.find((message) => message.includes("error=")) ?? about[0];
  const writing = pattern === "write-verify";
  if ((job.error === EPERM || job.error === EACCES) && job.read.bytes + job.write.bytes === 0) {
    const why = `The host does not let the agent open ${target.path} (${said ?? `error ${job.error}`}).`;
    return { ...base, forbidden: why };
  }
  const main = writing ? job.write : job.read;
  const proof: Proof = {
    what,
    requestedS: seconds,
    // A disk that was filled before its time is verified, which fio counts as reading, and filled again; reading back
    // in between it counts as writing. The report's clock is not believed over the agent's.
    elapsedS: roundToMs(
      Math.min(main.runtimeS + (writing ? job.read.runtimeS : 0), report.elapsedS),
    ),
    work: main.bytes,
    unit: "By",
  };
  const failures: string[] = [];
  if (job.error !== 0) {
    failures.push(`fio on ${what} ended with error ${job.error}${said ? `: ${said}` : ""}.`);
  }
  const complaint = about.find((message) => BAD_WORDS.test(message));
  if (job.error === 0 && complaint !== undefined) {
    failures.push(`fio on ${what} reported no error and said: ${complaint}`);
  }
  if (writing && job.error === 0 && job.read.bytes === 0) {
    failures.push(`Nothing was read back on ${what}, so nothing was verified.`);
  }
  const objection = failures.length === 0 ? proofObjection(proof) : null;
  if (objection !== null) failures.push(objection);
  return { ...base, proof, failures };
}

function roundToMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
