import { useContext, useState } from "react";
import type { SettingsResponse } from "../../contract/settings-api.ts";
import { vettingConfigSchema } from "../../contract/vetting-config.ts";
import { HREF } from "../route.ts";
import { dropEdit, editAt, setEdit, useDraft, valueAt } from "./draft.ts";
import { ChoiceField, Field, wordOf } from "./field.tsx";
import { GENERAL_SECTIONS, type GeneralKey } from "./general-keys.ts";
import { SettingsContext } from "./settings-context.ts";

const DEFAULTS = vettingConfigSchema.parse({ vetting: {} }).vetting;

/** Everything else of vetting.yaml. */
export function GeneralTab({ settings }: { settings: SettingsResponse }) {
  const round = useDraft((state) => state.round);
  const { address } = settings.effective.lab;
  return (
    <div className="general" key={`${round} ${settings.revision}`}>
      {GENERAL_SECTIONS.map(({ title, keys }) => (
        <section className="sheet" key={title} aria-label={title}>
          <h2>{title}</h2>
          {title === "Lab network" && (
            <p>
              The lab address is <strong>{address ?? "not chosen yet"}</strong>.{" "}
              <a href={HREF.checks}>Choose the interface</a>
            </p>
          )}
          <table className="params">
            <thead>
              <tr>
                <th scope="col">Setting</th>
                <th scope="col">Value</th>
                <th scope="col">Default</th>
                <th scope="col">Meaning</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <GeneralRow key={key.path.join(".")} entry={key} settings={settings} />
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </div>
  );
}

function GeneralRow({ entry, settings }: { entry: GeneralKey; settings: SettingsResponse }) {
  const { path: below, label, kind, unit, means, none } = entry;
  const path = ["vetting", ...below];
  const edit = useDraft((state) => editAt(state.edits, path));
  const [resets, setResets] = useState(0);
  const written = valueAt(settings.written, below);
  const standard = valueAt(DEFAULTS, below);
  const own = edit === undefined ? written : edit.value;
  const value = own === undefined ? standard : own;
  const name = below.join(".");
  const above = settings.overridden.find(({ key }) => key === name);
  const waits = settings.restartNeeded.includes(name);
  const change = (next: unknown) => {
    if (JSON.stringify(next) === JSON.stringify(written)) dropEdit(path);
    else setEdit(path, next);
  };
  const shared = {
    ...{ label, hideLabel: true, path, value, onChange: change },
    disabled: above !== undefined,
  };
  return (
    <tr className={edit === undefined ? "" : "edited"}>
      <th scope="row">{label}</th>
      <td>
        <span className="withunit" key={resets}>
          {kind === "switch" && <ChoiceField {...shared} choices={[true, false]} />}
          {kind === "lines" && <LinesField {...shared} />}
          {kind === "number" && <Field {...shared} kind="number" placeholder={wordOf(standard)} />}
          {kind === "text" && (
            <Field {...shared} kind="text" empty={null} placeholder={none ?? ""} />
          )}
          <span className="quiet">{unit}</span>
        </span>
        {above !== undefined && (
          <p className="quiet">
            Set to {wordOf(valueAt(settings.effective, below))} by {above.from}.
          </p>
        )}
        {waits && (
          <p className="quiet">
            {wordOf(valueAt(settings.effective, below))} counts until the console is started anew.
          </p>
        )}
      </td>
      <td className="quiet">
        {standard === null ? none : kind === "lines" ? "none" : wordOf(standard)}
      </td>
      <td className="quiet">{means}</td>
      <td>
        {JSON.stringify(value) !== JSON.stringify(standard) && (
          <button
            type="button"
            aria-label={`Reset ${label}`}
            onClick={() => {
              change(undefined);
              setResets(resets + 1);
            }}
          >
            Reset
          </button>
        )}
      </td>
    </tr>
  );
}

function LinesField({
  label,
  value,
  onChange,
  disabled,
}: {
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  disabled: boolean;
}) {
  const { locked } = useContext(SettingsContext);
  const [typed, setTyped] = useState(() => (Array.isArray(value) ? value.join("\n") : ""));
  return (
    <textarea
      aria-label={label}
      rows={3}
      value={typed}
      spellCheck={false}
      disabled={disabled || locked !== null}
      onChange={(event) => {
        setTyped(event.target.value);
        const lines = event.target.value.split("\n").map((line) => line.trim());
        const kept = lines.filter((line) => line !== "");
        onChange(kept.length === 0 ? undefined : kept);
      }}
    />
  );
}
