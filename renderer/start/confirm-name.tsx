import { type Ref, useId } from "react";

/** The host's name, typed by hand: the last thing between a wrong press and lost data. */
export function ConfirmName({
  name,
  typed,
  wrong,
  onType,
  ref,
}: {
  name: string;
  typed: string;
  /** It was tried without the name: what is wrong is said. */
  wrong: boolean;
  onType: (typed: string) => void;
  ref: Ref<HTMLInputElement>;
}) {
  const wrongId = useId();
  return (
    <>
      <label>
        <span>
          Type <strong>{name}</strong> to confirm
        </span>
        <input
          ref={ref}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={wrong}
          aria-describedby={wrong ? wrongId : undefined}
          onChange={({ target }) => onType(target.value)}
        />
      </label>
      {wrong && (
        <p id={wrongId} className="problem" role="alert">
          The disks are written over only after {name} was typed here.
        </p>
      )}
    </>
  );
}
