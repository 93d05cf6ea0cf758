import {
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { type Chunk, chunked, marked } from "./log-search.ts";

/** One line of a log or of a file. */
export interface Line {
  /** Its own number: grows from line to line. */
  readonly n: number;
  readonly text: string;
  /** Before the text: time, level, source. */
  readonly head?: ReactNode;
  /** How it looks: the level of a log line. */
  readonly look?: string;
}

/** Drawn this far outside of the box too, so that scrolling meets no blank. */
const MARGIN = "800px";
const LINE_PX = 20;
const NEAR_TOP_PX = 600;
const AT_END_PX = 8;

/**
 * Lines in a box that scrolls; only those near the box are in the page, however many there are. It can follow its end,
 * and lets go when somebody scrolls up.
 */
export function LineList({
  label,
  role,
  lines,
  search,
  current,
  following,
  onFollow,
  onTop,
}: {
  label: string;
  role: "log" | "region";
  lines: readonly Line[];
  search: string;
  /** The number of the line that a search stands at. */
  current: number | null;
  following: boolean;
  onFollow: (following: boolean) => void;
  /** The first lines are near: older ones may be wanted. */
  onTop?: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const chunks = useMemo(() => chunked(lines, ({ n }) => n), [lines]);
  const lastTop = useRef(0);
  useStickToEnd(box, content, following);
  useLayoutEffect(() => {
    if (current === null) return;
    box.current?.querySelector(`[data-line="${current}"]`)?.scrollIntoView({ block: "center" });
  }, [current]);
  const onScroll = () => {
    const { scrollTop, clientHeight, scrollHeight } = box.current!;
    const atEnd = scrollTop + clientHeight >= scrollHeight - AT_END_PX;
    // What is drawn only now pushes the end away; only who scrolls up lets go of it.
    const up = scrollTop < lastTop.current;
    lastTop.current = scrollTop;
    if (atEnd !== following && (atEnd || up)) onFollow(atEnd);
    if (scrollTop >= NEAR_TOP_PX || onTop === undefined) return;
    // At 0 the browser would not keep the lines in their place when others come before them.
    if (scrollTop === 0) box.current!.scrollTop = 1;
    onTop();
  };
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles that come here take a name
    <div
      ref={box}
      className={`log${following ? " following" : ""}`}
      onScroll={onScroll}
      // It scrolls, and the keyboard must reach it.
      tabIndex={0}
      role={role}
      aria-label={label}
    >
      <div ref={content}>
        {chunks.map((chunk) => (
          <ChunkBox
            key={chunk.key}
            chunk={chunk}
            search={search}
            current={holds(chunk, current) ? current : null}
            root={box}
          />
        ))}
        {lines.length === 0 && <p className="quiet">No lines.</p>}
      </div>
    </div>
  );
}

/** While it follows, the end stays in sight whatever grows: new lines, or old ones that are drawn taller. */
function useStickToEnd(
  box: RefObject<HTMLDivElement | null>,
  content: RefObject<HTMLDivElement | null>,
  following: boolean,
): void {
  useLayoutEffect(() => {
    if (!following || box.current === null || content.current === null) return;
    const scroller = box.current;
    const toEnd = () => {
      scroller.scrollTop = scroller.scrollHeight;
    };
    toEnd();
    const grown = new ResizeObserver(toEnd);
    grown.observe(content.current);
    return () => grown.disconnect();
  }, [box, content, following]);
}

function holds({ lines }: Chunk<Line>, n: number | null): boolean {
  return n !== null && n >= lines[0]!.n && n <= lines.at(-1)!.n;
}

interface ChunkProps {
  readonly chunk: Chunk<Line>;
  readonly search: string;
  readonly current: number | null;
  readonly root: RefObject<HTMLDivElement | null>;
}

const ChunkBox = memo(function ChunkBox({ chunk, search, current, root }: ChunkProps) {
  const self = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  const known = useRef<{ lines: number; px: number } | null>(null);
  const { lines } = chunk;
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => setNear(entry?.isIntersecting ?? false),
      {
        root: root.current,
        rootMargin: MARGIN,
      },
    );
    observer.observe(self.current!);
    return () => observer.disconnect();
  }, [root]);
  const drawn = near || current !== null;
  useLayoutEffect(() => {
    if (drawn) known.current = { lines: lines.length, px: self.current!.offsetHeight };
  });
  if (drawn) {
    return (
      <div ref={self}>
        {lines.map((line) => (
          <p
            key={line.n}
            data-line={line.n}
            className={[line.look, line.n === current ? "current" : undefined]
              .filter((name) => name !== undefined)
              .join(" ")}
          >
            {line.head}
            <Marked text={line.text} search={search} />
          </p>
        ))}
      </div>
    );
  }
  const measured = known.current;
  const extra = lines.length - (measured?.lines ?? 0);
  return <div ref={self} style={{ height: (measured?.px ?? 0) + extra * LINE_PX }} />;
}, sameChunk);

function sameChunk(a: ChunkProps, b: ChunkProps): boolean {
  return (
    a.search === b.search &&
    a.current === b.current &&
    a.chunk.lines.length === b.chunk.lines.length &&
    a.chunk.lines[0]?.n === b.chunk.lines[0]?.n &&
    a.chunk.lines.at(-1)?.n === b.chunk.lines.at(-1)?.n
  );
}

/** A text with what is searched for marked. */
function Marked({ text, search }: { text: string; search: string }) {
  if (search === "") return text;
  let at = 0;
  return marked(text, search).map((piece) => {
    const key = at;
    at += piece.text.length;
    return piece.hit ? <mark key={key}>{piece.text}</mark> : piece.text;
  });
}
