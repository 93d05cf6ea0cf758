import { useMemo, useState } from "react";
import { LOG_LEVELS, type LogLevel, type LogLine } from "../../contract/agent-api.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { Icon } from "../design/icon.tsx";
import { loadOlderLog } from "../live/snapshot.ts";
import { MAX_LOG_LINES } from "../store/run-slice.ts";
import { useStore } from "../store/store.ts";
import { type Line, LineList } from "./line-list.tsx";
import { LineSearchBox, NO_SEARCH } from "./line-search.tsx";
import { filteredLog, matchesIn } from "./log-search.ts";

/** The run's log. It follows until one scrolls up, and follows again at the end. */
export function RunLog({
  runId,
  stage,
  onStage,
}: {
  runId: number;
  stage: StageName | null;
  onStage: (stage: StageName | null) => void;
}) {
  const all = useStore((state) => state.logLines);
  const complete = useStore((state) => state.logComplete);
  const [level, setLevel] = useState<LogLevel>("debug");
  const [search, setSearch] = useState(NO_SEARCH);
  const [following, setFollowing] = useState(true);
  const shown = useMemo(() => filteredLog(all, { level, stage }), [all, level, stage]);
  const lines = useMemo(() => shown.map(lineOf), [shown]);
  const hits = useMemo(
    () =>
      matchesIn(
        shown.map(({ text }) => text),
        search.text,
      ).map((index) => shown[index]!.sequence),
    [shown, search.text],
  );
  return (
    <section aria-label="Log" className="logpanel">
      <div className="row">
        <LineSearchBox label="Search the log" search={search} hits={hits} onSearch={setSearch} />
        <label>
          Level{" "}
          <select value={level} onChange={(event) => setLevel(event.target.value as LogLevel)}>
            {LOG_LEVELS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <StageSelect stage={stage} onStage={onStage} />
        <span className="grow" />
        <CopyLines lines={shown} />
        <button
          type="button"
          aria-disabled={following}
          onClick={() => {
            setSearch({ ...search, at: null });
            setFollowing(true);
          }}
          title={following ? "The end is in sight and stays so." : undefined}
        >
          Jump to end
        </button>
      </div>
      <LineList
        label="Log lines"
        role="log"
        lines={lines}
        search={search.text}
        current={search.at}
        following={following && search.at === null}
        onFollow={setFollowing}
        {...(complete ? {} : { onTop: () => void loadOlderOnce(runId) })}
      />
      <p className="quiet">
        {shown.length === all.length
          ? `${all.length} lines`
          : `${shown.length} of ${all.length} lines`}
        {complete ? ", all that there are." : olderText(all.length)}
      </p>
    </section>
  );
}

function olderText(loaded: number): string {
  return loaded + 2000 > MAX_LOG_LINES
    ? ". Older ones are not kept in this window."
    : ". Older ones are fetched when you scroll up; the search looks at what is here.";
}

let fetching = false;
/** Scrolling tells of the top many times; one page is fetched at a time. */
async function loadOlderOnce(runId: number): Promise<void> {
  if (fetching) return;
  fetching = true;
  try {
    await loadOlderLog(runId);
  } finally {
    fetching = false;
  }
}

function lineOf({ sequence, t, level, source, text }: LogLine): Line {
  return {
    n: sequence,
    text,
    look: level,
    head: (
      <>
        <time dateTime={t}>{new Date(t).toLocaleTimeString()}</time> <b>{level}</b> <i>
          {source}
        </i>{" "}
      </>
    ),
  };
}

/** How many errors there are in what is loaded: the mark of the log's tab. */
export function LogErrors() {
  const errors = useStore((state) => errorsIn(state.logLines));
  if (errors === 0) return null;
  const says = errors === 1 ? "error" : "errors";
  return (
    <span className="badge bad" title={`${errors} ${says}`}>
      <Icon name="cross" />
      {errors}
      <span className="unseen"> {says}</span>
    </span>
  );
}

let counted: { lines: readonly LogLine[]; errors: number } = { lines: [], errors: 0 };
/** Every change of the store asks; only a change of the lines counts anew. */
function errorsIn(lines: readonly LogLine[]): number {
  if (counted.lines !== lines) {
    counted = { lines, errors: lines.filter(({ level }) => level === "error").length };
  }
  return counted.errors;
}

export function StageSelect({
  stage,
  onStage,
}: {
  stage: StageName | null;
  onStage: (stage: StageName | null) => void;
}) {
  return (
    <label>
      Stage{" "}
      <select
        value={stage ?? ""}
        onChange={(event) =>
          onStage(event.target.value === "" ? null : (event.target.value as StageName))
        }
      >
        <option value="">all</option>
        {STAGES.map((name) => (
          <option key={name} value={name}>
            {STAGE_TITLES[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

function CopyLines({ lines }: { lines: readonly LogLine[] }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    const text = lines
      .map(({ t, level, source, text: words }) => `${t} ${level} ${source} ${words}`)
      .join("\n");
    try {
      await navigator.clipboard.writeText(`${text}\n`);
      setSaid(`Copied ${lines.length} lines`);
    } catch {
      setSaid("The browser does not let the page copy");
    }
  };
  return (
    <>
      <span className="quiet" role="status">
        {said}
      </span>
      <button type="button" onClick={() => void copy()}>
        Copy lines
      </button>
    </>
  );
}
