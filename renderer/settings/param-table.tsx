import { useState } from "react";
import { BUILT_IN_PROFILES, type StageParams } from "../../contract/stage-params.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { dropEdit, editAt, setEdit, useDraft, valueAt } from "./draft.ts";
import { ChoiceField, Field, wordOf } from "./field.tsx";
import { STAGE_KEYS, type StageKey } from "./stage-keys.ts";

/** Every parameter of a profile, stage by stage. @param written what the file says of the profile. */
export function ParamTable({ name, written }: { name: string; written: unknown }) {
  const builtIn = name in BUILT_IN_PROFILES;
  const base: StageParams = builtIn
    ? BUILT_IN_PROFILES[name as keyof typeof BUILT_IN_PROFILES]
    : BUILT_IN_PROFILES.quick;
  return (
    <table className="params">
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col">Parameter</th>
          <th scope="col">Value</th>
          <th scope="col">{builtIn ? "Built in" : "quick"}</th>
          <th scope="col">Meaning</th>
          <td />
        </tr>
      </thead>
      {STAGES.map((stage) => (
        <tbody key={stage}>
          {(STAGE_KEYS[stage] ?? []).map((key, index, keys) => (
            <ParamRow
              key={key.key}
              profile={name}
              stage={stage}
              span={index === 0 ? keys.length : 0}
              stageKey={key}
              builtIn={valueAt(base, [stage, key.key])}
              written={valueAt(written, [stage, key.key])}
            />
          ))}
          {STAGE_KEYS[stage] === undefined && (
            <tr>
              <th scope="row">{STAGE_TITLES[stage]}</th>
              <td colSpan={5} className="quiet">
                nothing to set
              </td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}

function ParamRow({
  profile,
  stage,
  span,
  stageKey: { key, label, unit, means, choices },
  builtIn,
  written,
}: {
  profile: string;
  stage: StageName;
  /** How many rows the stage's name covers; 0: one above covers this row. */
  span: number;
  stageKey: StageKey;
  builtIn: unknown;
  written: unknown;
}) {
  const path = ["vetting", "profiles", profile, stage, key];
  const edit = useDraft((state) => editAt(state.edits, path));
  const [resets, setResets] = useState(0);
  const own = edit === undefined ? written : edit.value;
  const value = own ?? builtIn;
  const change = (next: unknown) => {
    if (next === written) dropEdit(path);
    else setEdit(path, next);
  };
  const reset = () => {
    change(undefined);
    setResets(resets + 1);
  };
  const name = `${STAGE_TITLES[stage]}: ${label}`;
  const shared = { label: name, hideLabel: true, path, value, onChange: change };
  return (
    <tr className={edit === undefined ? "" : "edited"}>
      {span > 0 && (
        <th scope="rowgroup" rowSpan={span}>
          {STAGE_TITLES[stage]}
        </th>
      )}
      <td>{label}</td>
      <td>
        <span className="withunit" key={resets}>
          {choices === undefined ? (
            <Field {...shared} kind="number" placeholder={String(builtIn)} />
          ) : (
            <ChoiceField {...shared} choices={choices} />
          )}
          <span className="quiet">
            {unit}
            {unit === "s" && typeof value === "number" && value >= 60
              ? ` = ${formatDuration(value)}`
              : ""}
          </span>
        </span>
      </td>
      <td className="quiet">{wordOf(builtIn)}</td>
      <td className="quiet">{means}</td>
      <td>
        {own !== undefined && own !== null && own !== builtIn && (
          <button type="button" aria-label={`Reset ${name}`} onClick={reset}>
            Reset
          </button>
        )}
      </td>
    </tr>
  );
}
