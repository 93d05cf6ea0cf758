import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import { PLOT_LEFT_PX, PLOT_RIGHT_PX } from "./sensor-chart.tsx";

/** Shorter than this a drag is a click with an unsteady hand. */
const LEAST_DRAG_PX = 6;

/** A chart over which one drags to look closer. The buttons above do the same for the keyboard. */
export function ZoomArea({
  from,
  to,
  onDrag,
  children,
}: {
  from: number;
  to: number;
  /** Told the times, in ms, at the two ends of the drag. */
  onDrag: (a: number, b: number) => void;
  children: ReactNode;
}) {
  const area = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);
  /** Across the plot, in px from its left edge. */
  const place = ({ clientX }: PointerEvent) => {
    const { left, width } = area.current!.getBoundingClientRect();
    const most = width - PLOT_LEFT_PX - PLOT_RIGHT_PX;
    return Math.min(Math.max(clientX - left - PLOT_LEFT_PX, 0), most);
  };
  const timeAt = (px: number) => {
    const { width } = area.current!.getBoundingClientRect();
    return from + (px / (width - PLOT_LEFT_PX - PLOT_RIGHT_PX)) * (to - from);
  };
  const onUp = () => {
    setDrag(null);
    if (drag === null || Math.abs(drag.end - drag.start) < LEAST_DRAG_PX) return;
    onDrag(timeAt(drag.start), timeAt(drag.end));
  };
  return (
    <div
      ref={area}
      className="zoomarea"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        const start = place(event);
        setDrag({ start, end: start });
      }}
      onPointerMove={(event) => {
        if (drag === null) return;
        // Only a drag takes the pointer: a hover is the chart's.
        area.current!.setPointerCapture(event.pointerId);
        setDrag({ ...drag, end: place(event) });
      }}
      onPointerUp={onUp}
      onPointerCancel={() => setDrag(null)}
    >
      {children}
      {drag !== null && drag.start !== drag.end && (
        <div
          className="zoomdrag"
          style={{
            left: PLOT_LEFT_PX + Math.min(drag.start, drag.end),
            width: Math.abs(drag.end - drag.start),
          }}
        />
      )}
    </div>
  );
}
