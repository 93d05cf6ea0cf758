import { memo, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { isTerminal } from "../../contract/run-state.ts";
import type { StageName } from "../../contract/stages.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import { Busy } from "../design/busy.tsx";
import { Empty } from "../design/empty.tsx";
import { Problem } from "../design/problem.tsx";
import type { ChartGroup, ChartWindow } from "./chart-model.ts";
import { GroupChart } from "./group-chart.tsx";
import { useRunGroups, useRunWindow } from "./run-sensors.ts";
import { useSeriesSpan } from "./use-series-span.ts";
import { type ChartView, LIVE, type Step, spanOf, stepped, WHOLE, windowOf } from "./view.ts";

/** The run's sensors, a chart a unit, all over the same time. */
export const Graphs = memo(function Graphs({
  run,
  stage,
}: {
  run: RunDetail;
  /** Only the time of this stage. */
  stage: StageName | null;
}) {
  const groups = useRunGroups(run);
  if (groups.length === 0) return <NoSensors run={run} />;
  return <Sheet key={run.id} run={run} stage={stage} groups={groups} />;
});

function Sheet({
  run,
  stage,
  groups,
}: {
  run: RunDetail;
  stage: StageName | null;
  groups: readonly ChartGroup[];
}) {
  const [view, setView] = useState<ChartView>(WHOLE);
  const whole = useRunWindow(run.id, groups);
  // The end moves each second; a chart that stands still need not hear of it.
  const newest = useRef(whole);
  newest.current = whole;
  const onDrag = useCallback((a: number, b: number) => {
    if (newest.current !== null) setView(spanOf(a, b, newest.current));
  }, []);
  const over = isTerminal(run.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the press on a stage is what moves the view, once
  useEffect(() => {
    setView(stage === null ? WHOLE : (viewOfStage(run, stage, whole) ?? WHOLE));
  }, [stage]);
  const fetched = useSeriesSpan(run.id, view.kind === "span" ? view : null);
  if (whole === null) return <Busy what="Fetching the sensors…" />;
  const { from, to } = windowOf(view, whole);
  return (
    <section aria-label="Graphs">
      <Toolbar view={view} whole={whole} over={over} origin={originOf(run)} onView={setView}>
        {fetched.busy && <Busy what="Fetching this part at full points…" />}
      </Toolbar>
      <Problem failure={fetched.failure} />
      <div className="charts">
        {groups.map((group) => (
          <GroupChart
            key={group.unit}
            run={run}
            group={group}
            from={from}
            to={to}
            span={fetched.series}
            onDrag={onDrag}
          />
        ))}
      </div>
    </section>
  );
}

/** The groups that matter most, small, over the whole run: for the overview. */
export const KeyGraphs = memo(function KeyGraphs({
  run,
  onAll,
}: {
  run: RunDetail;
  onAll: () => void;
}) {
  const groups = useRunGroups(run);
  const whole = useRunWindow(run.id, groups);
  if (whole === null) return null;
  return (
    <section aria-label="Key graphs">
      <div className="row">
        <h2>Sensors</h2>
        <span className="grow" />
        <button type="button" onClick={onAll}>
          All graphs
        </button>
      </div>
      <div className="charts">
        {groups.slice(0, MOST_KEY_GRAPHS).map((group) => (
          <GroupChart
            key={group.unit}
            run={run}
            group={group}
            from={whole.from}
            to={whole.to}
            span={null}
            onDrag={null}
          />
        ))}
      </div>
    </section>
  );
});

/** Temperature and power, on nearly every host. */
const MOST_KEY_GRAPHS = 2;

function originOf(run: RunDetail): number {
  return Date.parse(run.startedAt ?? run.createdAt);
}

/** From the first attempt's begin to the last one's end, or to now. */
function viewOfStage(
  run: RunDetail,
  stage: StageName,
  whole: ChartWindow | null,
): ChartView | null {
  const attempts = run.stages.filter((attempt) => attempt.stage === stage);
  const first = attempts.at(0);
  const last = attempts.at(-1);
  if (first === undefined || last === undefined || whole === null) return null;
  const from = Date.parse(first.startedAt);
  const to = last.endedAt === null ? whole.to : Date.parse(last.endedAt);
  return { kind: "span", from, to: Math.max(to, from + 1000) };
}

const STEPS: readonly { step: Step; sign: string; title: string }[] = [
  { step: "earlier", sign: "←", title: "Earlier" },
  { step: "later", sign: "→", title: "Later" },
  { step: "in", sign: "+", title: "Zoom in" },
  { step: "out", sign: "−", title: "Zoom out" },
];

function Toolbar({
  view,
  whole,
  over,
  origin,
  onView,
  children,
}: {
  view: ChartView;
  whole: ChartWindow;
  over: boolean;
  origin: number;
  onView: (view: ChartView) => void;
  children: ReactNode;
}) {
  const { from, to } = windowOf(view, whole);
  const seconds = (ms: number) => formatDuration((ms - origin) / 1000);
  return (
    <div className="row graphbar" role="toolbar" aria-label="Time shown">
      <button type="button" aria-pressed={view.kind === "whole"} onClick={() => onView(WHOLE)}>
        Whole run
      </button>
      {!over && (
        <button type="button" aria-pressed={view.kind === "live"} onClick={() => onView(LIVE)}>
          Last 5 min
        </button>
      )}
      {STEPS.map(({ step, sign, title }) => (
        <button
          key={step}
          type="button"
          aria-label={title}
          title={title}
          onClick={() => onView(stepped(view, step, whole))}
        >
          {sign}
        </button>
      ))}
      {view.kind === "span" && (
        <button type="button" className="primary" onClick={() => onView(over ? WHOLE : LIVE)}>
          {over ? "Back to the whole run" : "Back to live"}
        </button>
      )}
      <span className="quiet" role="status">
        {view.kind === "span"
          ? `Standing still: ${seconds(from)} to ${seconds(to)} into the run.`
          : "Drag over a graph to look closer."}
      </span>
      {children}
    </div>
  );
}

function NoSensors({ run }: { run: RunDetail }) {
  return (
    <Empty title="No sensors yet">
      <p>
        {isTerminal(run.state)
          ? "The host sent no samples in this run."
          : "The agent sends samples of every sensor that it finds, once a second, as soon as the first stage begins."}
      </p>
    </Empty>
  );
}
