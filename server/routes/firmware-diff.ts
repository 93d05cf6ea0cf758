import { diffFirmware, diffSnapshots, type FirmwareRow } from "../../contract/firmware.ts";
import type { RunRecord, Store } from "../run/ports.ts";
import { ProblemError } from "./problems.ts";

type FirmwareStore = Pick<Store, "runs" | "firmware">;

/** The run's snapshot; a run without one is a problem that says so. */
export function snapshotOf(store: FirmwareStore, runId: number): FirmwareRow[] {
  runOf(store, runId);
  const rows = store.firmware.get(runId);
  if (rows !== null) return rows;
  throw new ProblemError("not-found", `Run ${runId} has posted no firmware snapshot yet.`);
}

/** The run's record; an unknown number is a problem that says so. */
export function runOf(store: Pick<Store, "runs">, runId: number): RunRecord {
  const run = store.runs.get(runId);
  if (run !== null) return run;
  throw new ProblemError("not-found", `There is no run ${runId}.`);
}

/** Compares the run's firmware with its spec's pins, or with the snapshot of another run. */
export function firmwareDiff(store: FirmwareStore, runId: number, against: "spec" | number) {
  const snapshot = snapshotOf(store, runId);
  if (against === "spec") {
    const { spec } = runOf(store, runId);
    if (spec === null) {
      throw new ProblemError(
        "not-found",
        `Run ${runId} was started without a spec to compare with.`,
      );
    }
    return { against: `spec ${spec.name}`, rows: diffFirmware(spec.firmware, snapshot) };
  }
  const rows = diffSnapshots(snapshotOf(store, against), snapshot).map(
    ({ kind, component, identifier, before, after }) => ({
      kind,
      component,
      identifier,
      expected: before,
      actual: after,
    }),
  );
  return { against: `run ${against}`, rows };
}
