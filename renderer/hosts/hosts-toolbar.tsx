import { type KeyboardEvent, useRef } from "react";
import { showToast } from "../design/toasts.tsx";
import { setPreference, usePreferences } from "../shell/preferences.ts";
import { ScanReader } from "../shell/scan-reader.ts";
import { ATTENTION, type Attention } from "../store/hosts-slice.ts";
import { ATTENTION_WORDS } from "./host-status.ts";
import { useHostsView } from "./hosts-view.ts";
import { goToHost, scanned } from "./scan.ts";

/** Search, filter by state, tiles or list. */
export function HostsToolbar({ counts }: { counts: ReadonlyMap<Attention, number> }) {
  const { query, filter, setQuery, setFilter, setAddMac } = useHostsView();
  const view = usePreferences(({ hostsView }) => hostsView);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const scanner = useRef(new ScanReader());
  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const reading = scanner.current.read(event.key, event.timeStamp);
    if (reading.kind === "scan") {
      // The label alone, whatever stood in the field before.
      event.preventDefault();
      return scanned(reading.text);
    }
    if (event.key === "Escape" && query !== "") {
      event.preventDefault();
      setQuery("");
    }
    if (event.key !== "Enter" || query.trim() === "") return;
    event.preventDefault();
    // A scanner's label or a name: to its host. What only finds some stays as a search of them.
    if (!goToHost(query)) findOnly(query);
  };
  return (
    <div className="hoststools">
      <input
        type="search"
        aria-label="Search hosts, or scan a label"
        placeholder="Search or scan ( / )"
        value={query}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={onSearchKey}
      />
      <fieldset className="filters" aria-label="Show only hosts that are">
        <FilterButton shown={filter === null} onPress={() => setFilter(null)} count={total}>
          All
        </FilterButton>
        {ATTENTION.map((attention) => {
          const count = counts.get(attention) ?? 0;
          if (count === 0 && filter !== attention) return null;
          return (
            <FilterButton
              key={attention}
              shown={filter === attention}
              onPress={() => setFilter(filter === attention ? null : attention)}
              count={count}
            >
              {ATTENTION_WORDS[attention]}
            </FilterButton>
          );
        })}
      </fieldset>
      <span className="grow" />
      <fieldset className="segments" aria-label="View">
        {(["tiles", "list"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={view === one}
            onClick={() => setPreference("hostsView", one)}
          >
            {one === "tiles" ? "Tiles" : "List"}
          </button>
        ))}
      </fieldset>
      <button type="button" onClick={() => setAddMac("")}>
        Add by MAC…
      </button>
    </div>
  );
}

/** The search as it stands finds one host: to it. None: that is said aloud. */
function findOnly(query: string): void {
  const shown = document.querySelectorAll<HTMLElement>("main [data-host] a");
  const first = document.querySelector<HTMLElement>("main [data-host] a");
  const hosts = new Set([...shown].map((link) => link.closest("[data-host]")));
  if (hosts.size === 1) first?.focus();
  else if (hosts.size === 0) scanned(query);
  else
    showToast({
      id: "scan",
      title: `${hosts.size} hosts match`,
      icon: "circle",
      tone: "active",
      urgent: true,
      stays: false,
    });
}

function FilterButton({
  shown,
  count,
  onPress,
  children,
}: {
  shown: boolean;
  count: number;
  onPress: () => void;
  children: string;
}) {
  return (
    <button type="button" aria-pressed={shown} onClick={onPress}>
      {children} <span className="count">{count}</span>
    </button>
  );
}
