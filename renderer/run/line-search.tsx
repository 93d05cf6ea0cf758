import { type KeyboardEvent, useId } from "react";

export interface LineSearch {
  readonly text: string;
  /** The number of the line that is looked at; null: none yet. */
  readonly at: number | null;
}

export const NO_SEARCH: LineSearch = { text: "", at: null };

/** Search with its count; Enter goes to the next hit, with Shift to the one before, Escape empties it. */
export function LineSearchBox({
  label,
  search,
  hits,
  onSearch,
}: {
  label: string;
  search: LineSearch;
  /** Numbers of the lines that have what is searched for. */
  hits: readonly number[];
  onSearch: (search: LineSearch) => void;
}) {
  const countId = useId();
  const go = (by: 1 | -1) => {
    if (hits.length === 0) return;
    const at = search.at === null ? -1 : hits.indexOf(search.at);
    // From nowhere the first step leads to the first hit, or back to the last, the newest.
    const from = at === -1 && by === -1 ? hits.length : at;
    onSearch({ ...search, at: hits[(from + by + hits.length) % hits.length] ?? null });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape" && search.text !== "") {
      event.stopPropagation();
      onSearch(NO_SEARCH);
    } else return;
    event.preventDefault();
  };
  return (
    <search className="row linesearch">
      <input
        type="search"
        aria-label={label}
        aria-describedby={countId}
        placeholder="Search"
        value={search.text}
        onChange={(event) => onSearch({ text: event.target.value, at: null })}
        onKeyDown={onKeyDown}
      />
      <span id={countId} className="quiet count" role="status">
        {search.text === "" ? "" : countText(hits, search.at)}
      </span>
      <button
        type="button"
        aria-label="Previous hit"
        aria-disabled={hits.length === 0}
        onClick={() => go(-1)}
      >
        ↑
      </button>
      <button
        type="button"
        aria-label="Next hit"
        aria-disabled={hits.length === 0}
        onClick={() => go(1)}
      >
        ↓
      </button>
    </search>
  );
}

function countText(hits: readonly number[], at: number | null): string {
  if (hits.length === 0) return "no line";
  const index = at === null ? -1 : hits.indexOf(at);
  if (index !== -1) return `${index + 1} of ${hits.length}`;
  return hits.length === 1 ? "1 line" : `${hits.length} lines`;
}
