import { useEffect, useRef } from "react";
import { formatQuantity } from "../../contract/wording/format.ts";
import { isTileSensor, seriesStore } from "../store/series-store.ts";
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath } from "./spark-model.ts";
import { useVisible } from "./use-visible.ts";

/** The sensors of a tile, and what their values are of. */
const SPARKS = [
  { unit: "Cel", of: "hottest CPU" },
  { unit: "W", of: "power" },
] as const;

/**
 * The two sensors that matter on a tile: the hottest processor and the watts. Drawn once a second and only in sight,
 * straight into the page: twenty tiles would else have React compare forty lines a second.
 */
export function Sparkline({ runId }: { runId: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const visible = useVisible(frame);
  useEffect(() => {
    if (!visible) return undefined;
    const draw = () => drawSparks(frame.current, runId);
    draw();
    return seriesStore.subscribeRun(runId, draw);
  }, [visible, runId]);
  return (
    <div className="sparks" ref={frame}>
      {SPARKS.map(({ unit, of }) => (
        <span key={unit} className="spark" data-unit={unit} hidden>
          <svg
            viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <path />
          </svg>
          <strong />
          <span className="unseen">{of}</span>
        </span>
      ))}
    </div>
  );
}

function drawSparks(frame: HTMLElement | null, runId: number): void {
  for (const spark of frame?.children ?? []) {
    if (!(spark instanceof HTMLElement)) continue;
    const sensor = greatest(runId, spark.dataset.unit ?? "");
    const series = sensor === null ? null : seriesStore.get(runId, sensor);
    const latest = series?.latest ?? null;
    if (spark.hidden !== (latest === null)) spark.hidden = latest === null;
    if (series === null || latest === null) continue;
    spark.querySelector("path")?.setAttribute("d", sparkPath(series));
    const value = spark.querySelector("strong");
    const text = formatQuantity(Math.round(latest[3]), series.unit);
    if (value !== null) setText(value, text);
    if (spark.title !== sensor) spark.title = sensor ?? "";
  }
}

/** Changes the text within its node: a new node would have the style of the whole tile asked anew. */
function setText(element: Element, text: string): void {
  const { firstChild } = element;
  if (firstChild === null) element.textContent = text;
  else if (firstChild.nodeValue !== text) firstChild.nodeValue = text;
}

/** Of a tile's sensors of a unit the one that stands highest now. */
function greatest(runId: number, unit: string): string | null {
  let found: string | null = null;
  let top = Number.NEGATIVE_INFINITY;
  for (const { sensor, unit: own } of seriesStore.sensorsOf(runId)) {
    if (own !== unit || !isTileSensor(sensor, own)) continue;
    const value = seriesStore.get(runId, sensor)?.latest?.[3] ?? Number.NEGATIVE_INFINITY;
    if (value <= top) continue;
    top = value;
    found = sensor;
  }
  return found;
}
