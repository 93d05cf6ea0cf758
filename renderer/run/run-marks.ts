import type { RunDetail } from "../../contract/console-api.ts";
import { stageStanding } from "../../contract/wording/status-table.ts";
import { measurementRows } from "./measurement-rows.ts";

export const RUN_TABS = [
  "overview",
  "graphs",
  "log",
  "measurements",
  "firmware",
  "evidence",
  "report",
] as const;
export type RunTab = (typeof RUN_TABS)[number];

export function isRunTab(name: string | null): name is RunTab {
  return (RUN_TABS as readonly (string | null)[]).includes(name);
}

/** What is wrong in a tab, for the mark beside its title: so many, in so many words. */
export interface TabMark {
  readonly count: number;
  /** `2 measurements beyond their limit`: for who cannot see the mark. */
  readonly says: string;
  readonly tone: "bad" | "gaps";
}

/** Tabs that hold something wrong; the log counts its own. */
export function tabMarks(run: RunDetail): Partial<Readonly<Record<RunTab, TabMark>>> {
  const breaches = run.stages.flatMap((attempt) => attempt.breaches);
  const fails = breaches.filter(({ severity }) => severity === "fail").length;
  const rows = measurementRows(run).filter(({ superseded }) => !superseded);
  const beyond = rows.filter(({ margin }) => margin.standing === "beyond").length;
  const marginal = rows.filter(({ margin }) => margin.standing === "marginal").length;
  const firmware = run.stages.filter(({ stage }) => stage === "SpecValidate");
  const spec = stageStanding(firmware, run.state);
  const marks: [RunTab, TabMark | null][] = [
    ["overview", markOf(run.gaps.length, "not exercised", "gaps")],
    [
      "graphs",
      breaches.length === 0
        ? null
        : markOf(breaches.length, "breaches of a threshold", fails > 0 ? "bad" : "gaps"),
    ],
    [
      "measurements",
      beyond > 0
        ? markOf(beyond, "beyond their limit", "bad")
        : markOf(marginal, "close to their limit", "gaps"),
    ],
    [
      "firmware",
      spec === "fail" || spec === "error"
        ? markOf(1, "the host is not as its spec says", "bad")
        : null,
    ],
  ];
  return Object.fromEntries(marks.filter(([, mark]) => mark !== null));
}

function markOf(count: number, says: string, tone: TabMark["tone"]): TabMark | null {
  return count === 0 ? null : { count, says, tone };
}
