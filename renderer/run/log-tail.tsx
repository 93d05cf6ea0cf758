import { useEffect, useMemo, useRef, useState } from "react";
import { LOG_LEVELS, type LogLevel } from "../../contract/agent-api.ts";
import { useStore } from "../store/store.ts";

const SHOWN_LINES = 500;

/** The end of the log. It follows until one scrolls up, and follows again at the end. */
export function LogTail() {
  const lines = useStore((state) => state.logLines);
  const [level, setLevel] = useState<LogLevel>("debug");
  const [search, setSearch] = useState("");
  const [following, setFollowing] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const least = LOG_LEVELS.indexOf(level);
    const wanted = search.toLowerCase();
    return lines
      .filter(
        (line) =>
          LOG_LEVELS.indexOf(line.level) >= least &&
          (wanted === "" || `${line.source} ${line.text}`.toLowerCase().includes(wanted)),
      )
      .slice(-SHOWN_LINES);
  }, [lines, level, search]);
  const last = shown.at(-1)?.sequence;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last line is what moves the end
  useEffect(() => {
    if (following && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [following, last]);
  const onScroll = () => {
    const { scrollTop, clientHeight, scrollHeight } = box.current!;
    setFollowing(scrollTop + clientHeight >= scrollHeight - 8);
  };
  return (
    <section aria-label="Log">
      <div className="row">
        <h2>Log</h2>
        <span className="grow" />
        {!following && (
          <button type="button" onClick={() => setFollowing(true)}>
            Jump to end
          </button>
        )}
        <label>
          Level{" "}
          <select value={level} onChange={(event) => setLevel(event.target.value as LogLevel)}>
            {LOG_LEVELS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <input
          type="search"
          aria-label="Search the log"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <div
        ref={box}
        className="log"
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
        tabIndex={0}
        role="log"
        aria-label="Log lines"
      >
        {shown.map((line) => (
          <p key={line.sequence} className={line.level}>
            <time>{line.t.slice(11, 19)}</time> <b>{line.level}</b> <i>{line.source}</i> {line.text}
          </p>
        ))}
        {shown.length === 0 && <p className="quiet">No lines.</p>}
      </div>
    </section>
  );
}
