import { type ReactNode, useContext, useId, useState } from "react";
import { type KeyPath, pathText } from "../../contract/key-path.ts";
import { Icon } from "../design/icon.tsx";
import { SettingsContext } from "./settings-context.ts";

interface FieldProps {
  readonly label: string;
  /** From the root of the file: names the field to the server's mistakes. */
  readonly path: KeyPath;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly disabled?: boolean;
  /** Read out only: a row or a column names it to the eye. */
  readonly hideLabel?: boolean;
}

/** One value of the file, with the server's mistake beneath it. An empty field gives `empty`. */
export function Field({
  kind,
  empty,
  placeholder,
  list,
  ...props
}: FieldProps & {
  /** Numbers stay numbers; what is no number goes to the server, which says so. */
  readonly kind: "number" | "text";
  readonly empty?: null | undefined;
  readonly placeholder?: string;
  readonly list?: string;
}) {
  const { value, onChange } = props;
  // What was typed: `1.` is on its way to 1.5.
  const [typed, setTyped] = useState(() => shownText(value));
  const change = (text: string) => {
    setTyped(text);
    if (text.trim() === "") return onChange(empty);
    const number = Number(text);
    return onChange(kind === "number" && Number.isFinite(number) ? number : text);
  };
  return (
    <Labelled {...props}>
      {(shared) => (
        <input
          {...shared}
          className={kind}
          value={typed}
          inputMode={kind === "number" ? "decimal" : "text"}
          placeholder={placeholder}
          list={list}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Labelled>
  );
}

/** One of a few values. */
export function ChoiceField<T extends string | boolean>({
  choices,
  ...props
}: FieldProps & { readonly choices: readonly T[] }) {
  const { value, onChange } = props;
  return (
    <Labelled {...props}>
      {(shared) => (
        <select
          {...shared}
          value={String(value)}
          onChange={(event) =>
            onChange(choices.find((choice) => String(choice) === event.target.value))
          }
        >
          {choices.map((choice) => (
            <option key={String(choice)} value={String(choice)}>
              {wordOf(choice)}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

export function wordOf(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === null || value === undefined ? "none" : String(value);
}

interface Shared {
  readonly id: string;
  readonly disabled: boolean;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

function Labelled({
  label,
  path,
  disabled = false,
  hideLabel = false,
  children,
}: FieldProps & { children: (shared: Shared) => ReactNode }) {
  const id = useId();
  const { problems, locked } = useContext(SettingsContext);
  const key = pathText(path);
  const mistake = problems.find((problem) => problem.key === key)?.detail;
  const wrong = mistake !== undefined;
  return (
    <span className="field">
      <label htmlFor={id} className={hideLabel ? "unseen" : ""}>
        {label}
      </label>
      {children({
        id,
        disabled: disabled || locked !== null,
        "aria-invalid": wrong || undefined,
        "aria-describedby": wrong ? `${id}-mistake` : undefined,
      })}
      {wrong && (
        <span className="mistake bad" id={`${id}-mistake`}>
          <Icon name="alert" /> {mistake}
        </span>
      )}
    </span>
  );
}

function shownText(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
