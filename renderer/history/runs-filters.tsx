import { useEffect, useRef, useState } from "react";
import { RUN_STATES } from "../../contract/run-state.ts";
import { isStageName, STAGES } from "../../contract/stages.ts";
import { VERDICTS } from "../../contract/verdict.ts";
import { STAGE_TITLES, STATE_STATUS, VERDICT_STATUS } from "../../contract/wording/status-table.ts";
import { Button } from "../design/button.tsx";
import { navigate } from "../route.ts";
import { useStore } from "../store/store.ts";
import { ALL_RUNS, type RunsFilter, runsHref } from "./runs-filter.ts";

/** The list follows the typing, but not each letter. */
const TYPING_MS = 250;

const OTHER_STATES = RUN_STATES.filter((state) => !isStageName(state));

/** What is listed; every choice is in the address at once. */
export function RunsFilters({ filter }: { filter: RunsFilter }) {
  const hosts = useStore((state) => state.hosts);
  const profiles = useStore((state) => state.profiles);
  const change = (part: Partial<RunsFilter>) =>
    navigate(runsHref({ ...filter, ...part }), { replace: true });
  const names = [...(hosts?.values() ?? [])].sort((a, b) =>
    a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
  const filtered = runsHref(filter) !== runsHref(ALL_RUNS);
  return (
    <search className="filters">
      <TextFilter text={filter.text} onText={(text) => change({ text })} />
      <Choose
        label="Host"
        value={filter.hostId?.toString() ?? null}
        options={names.map(({ id, name }) => [String(id), name])}
        onChoose={(value) => change({ hostId: value === null ? null : Number(value) })}
      />
      <Choose
        label="Verdict"
        value={filter.verdict}
        options={VERDICTS.map((verdict) => [verdict, VERDICT_STATUS[verdict].word])}
        onChoose={(verdict) => change({ verdict })}
      />
      <label>
        State
        <select
          value={filter.state ?? ""}
          onChange={({ target }) =>
            change({ state: RUN_STATES.find((state) => state === target.value) ?? null })
          }
        >
          <option value="">Any</option>
          {OTHER_STATES.map((state) => (
            <option key={state} value={state}>
              {STATE_STATUS[state].word}
            </option>
          ))}
          <optgroup label="Testing">
            {STAGES.map((stage) => (
              <option key={stage} value={stage}>
                {STAGE_TITLES[stage]}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <Choose
        label="Profile"
        value={filter.profile}
        options={profiles.map(({ name }) => [name, name])}
        onChoose={(profile) => change({ profile })}
      />
      <DayFilter label="From" day={filter.from} onDay={(from) => change({ from })} />
      <DayFilter label="To" day={filter.to} onDay={(to) => change({ to })} />
      {filtered && <Button onClick={() => change(ALL_RUNS)}>Show all</Button>}
    </search>
  );
}

/** One of some, or any. A value of the address that is not among them is listed all the same. */
function Choose<Value extends string>({
  label,
  value,
  options,
  onChoose,
}: {
  label: string;
  value: Value | null;
  options: readonly (readonly [value: Value, title: string])[];
  onChoose: (value: Value | null) => void;
}) {
  const known = value === null || options.some(([one]) => one === value);
  return (
    <label>
      {label}
      <select
        value={value ?? ""}
        onChange={({ target }) =>
          onChoose(options.find(([one]) => one === target.value)?.[0] ?? null)
        }
      >
        <option value="">Any</option>
        {!known && <option value={value}>{value}</option>}
        {options.map(([one, title]) => (
          <option key={one} value={one}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function DayFilter({
  label,
  day,
  onDay,
}: {
  label: string;
  day: string | null;
  onDay: (day: string | null) => void;
}) {
  return (
    <label>
      {label}
      <input
        type="date"
        value={day ?? ""}
        onChange={({ target }) => onDay(target.value === "" ? null : target.value)}
      />
    </label>
  );
}

function TextFilter({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address was changed from elsewhere: a link, or back.
  useEffect(() => setTyped(text), [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className="grow">
      Host, serial, operator or ticket
      <input
        type="search"
        value={typed}
        maxLength={128}
        spellCheck={false}
        onChange={({ target }) => {
          setTyped(target.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onText(target.value), TYPING_MS);
        }}
      />
    </label>
  );
}
