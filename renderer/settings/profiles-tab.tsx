import { useState } from "react";
import type { SettingsResponse } from "../../contract/settings-api.ts";
import { BUILT_IN_PROFILES } from "../../contract/stage-params.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import { Choice } from "../design/choice.tsx";
import { useStore } from "../store/store.ts";
import { AddProfileDialog } from "./add-profile-dialog.tsx";
import { dropEdit, editAt, setEdit, useDraft, valueAt } from "./draft.ts";
import { ParamTable } from "./param-table.tsx";

/** Durations and concurrency of each stage, profile by profile. */
export function ProfilesTab({ settings }: { settings: SettingsResponse }) {
  const known = useStore((state) => state.profiles);
  const edits = useDraft((state) => state.edits);
  const round = useDraft((state) => state.round);
  const [shown, setShown] = useState("quick");
  const [adding, setAdding] = useState(false);
  const written = settings.written?.profiles;
  const drafted = [...edits.values()].flatMap(({ path, value }) =>
    path[1] === "profiles" && path.length === 3 && value !== undefined ? [String(path[2])] : [],
  );
  const names = [...new Set([...known.map(({ name }) => name), ...drafted])];
  const name = names.includes(shown) ? shown : (names[0] ?? "quick");
  const builtIn = name in BUILT_IN_PROFILES;
  const own = editAt(edits, ["vetting", "profiles", name]);
  const goes = own !== undefined && own.value === undefined;
  return (
    <div className="profiles">
      <fieldset className="profilelist">
        <legend>Profile</legend>
        {names.map((one) => (
          <Choice key={one} name="profile" checked={one === name} onPick={() => setShown(one)}>
            <strong>{one}</strong>
            <span className="quiet">{lengthOf(known.find((it) => it.name === one))}</span>
          </Choice>
        ))}
        <button type="button" onClick={() => setAdding(true)}>
          Add a profile…
        </button>
      </fieldset>
      <section
        className="sheet"
        aria-label={`Profile ${name}`}
        key={`${name} ${round} ${settings.revision}`}
      >
        <div className="row">
          <h2>{name}</h2>
          <span className="quiet">
            {builtIn ? "Built in; the file changes single values." : "Starts from quick."} A run
            keeps the values that it was started with.
          </span>
          <span className="grow" />
          {!builtIn && (
            <button
              type="button"
              onClick={() =>
                goes ? dropEdit(["vetting", "profiles", name]) : removeProfile(name, written)
              }
            >
              {goes ? "Keep" : "Remove"} {name}
            </button>
          )}
        </div>
        {goes ? (
          <p>It goes when you save.</p>
        ) : (
          <ParamTable name={name} written={valueAt(written, [name])} />
        )}
      </section>
      {adding && (
        <AddProfileDialog
          taken={names}
          onClose={() => setAdding(false)}
          onAdd={(added) => {
            setEdit(["vetting", "profiles", added], {});
            setShown(added);
            setAdding(false);
          }}
        />
      )}
    </div>
  );
}

function lengthOf(profile: { expectedSeconds: number } | undefined): string {
  return profile === undefined
    ? "not saved yet"
    : `about ${formatDuration(profile.expectedSeconds)}`;
}

function removeProfile(name: string, written: unknown): void {
  for (const { path } of useDraft.getState().edits.values()) {
    if (path[1] === "profiles" && path[2] === name) dropEdit(path);
  }
  if (valueAt(written, [name]) !== undefined) setEdit(["vetting", "profiles", name], undefined);
}
