/** Expected failures are values. One table in `routes/problems.ts` maps the kinds to status, type and title. */
export type FailureKind =
  | "not-found"
  | "host-offline"
  | "host-occupied"
  | "unknown-profile"
  | "unknown-spec"
  | "run-over"
  | "illegal-transition"
  | "duplicate-mac"
  | "stage-mismatch"
  | "run-dead"
  | "no-stage"
  | "boot-token-refused"
  | "run-token-refused"
  | "enrolment-refused"
  | "sequence-conflict"
  | "too-many-samples"
  | "disk-full";

export interface Failure {
  readonly ok: false;
  readonly kind: FailureKind;
  /** A sentence that a technician understands: what was wrong, where, and what to do. */
  readonly detail: string;
  /** With `run-dead`: what the host should do. */
  readonly do?: "power_off" | "reboot";
  /** With `stage-mismatch`: where the run went. */
  readonly nextState?: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed(
  kind: FailureKind,
  detail: string,
  more: Pick<Failure, "do" | "nextState"> = {},
): Failure {
  return { ok: false, kind, detail, ...more };
}
