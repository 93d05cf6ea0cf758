import type { FaultOutcome } from "../test/faults/fault-row.ts";
import { readReport } from "./test-summary.ts";

/** Of Vitest's JSON report, what the table is drawn from. */
interface FaultReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
      readonly meta?: { readonly fault?: FaultOutcome };
    }[];
  }[];
}

/** What the rows of a report came to. A test that broke before its row was judged counts as a fault missed. */
export function faultOutcomes(reports: readonly FaultReport[]): FaultOutcome[] {
  return reports.flatMap(({ testResults }) =>
    testResults.flatMap(({ status, message = "", assertionResults }): FaultOutcome[] => {
      const told = assertionResults.flatMap((one) => {
        const fault = one.meta?.fault;
        if (fault !== undefined) return [{ ...fault, good: fault.good && one.status === "passed" }];
        return one.status === "failed" ? [missed(one.title, one.failureMessages?.[0] ?? "")] : [];
      });
      return told.length === 0 && status === "failed" ? [missed("a file of rows", message)] : told;
    }),
  );
}

export function readFaultReport(path: string): FaultReport | null {
  return readReport<FaultReport>(path);
}

function missed(title: string, why: string): FaultOutcome {
  const [words = ""] = why.split("\n", 1);
  return { kind: "fault", id: "", fault: title, how: "", stage: "", good: false, by: "", words };
}

const FAULT_CHARS = 64;

/** fault, caught or not, by which stage, with which words. */
export function faultTable(outcomes: readonly FaultOutcome[]): string[] {
  const row = (cells: readonly [string, string, string, string]) => {
    const [fault, caught, by, words] = cells;
    return `${clip(fault, FAULT_CHARS).padEnd(FAULT_CHARS)}  ${caught.padEnd(11)}  ${by.padEnd(12)}  ${words}`.trimEnd();
  };
  const caught = ({ kind, good }: FaultOutcome) =>
    kind === "fault" ? (good ? "caught" : "MISSED") : good ? "no alarm" : "FALSE ALARM";
  return [
    row(["fault", "", "by", "in these words"]),
    ...outcomes.map((one) =>
      row([one.fault, caught(one), one.by, one.words.replaceAll("\n", " ")]),
    ),
  ];
}

/** `faults: 90 rows, 90 caught, 0 missed; clean machines: 10, 0 false alarms` */
export function faultClosingLine(outcomes: readonly FaultOutcome[]): string {
  const faults = outcomes.filter(({ kind }) => kind === "fault");
  const clean = outcomes.filter(({ kind }) => kind === "clean");
  const good = (all: readonly FaultOutcome[]) => all.filter((one) => one.good).length;
  return `faults: ${faults.length} rows, ${good(faults)} caught, ${faults.length - good(faults)} missed; clean machines: ${clean.length}, ${clean.length - good(clean)} false alarms`;
}

/** Nothing missed, no false alarm, and something was tried at all. */
export function allCaught(outcomes: readonly FaultOutcome[]): boolean {
  return outcomes.some(({ kind }) => kind === "fault") && outcomes.every(({ good }) => good);
}

function clip(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}
