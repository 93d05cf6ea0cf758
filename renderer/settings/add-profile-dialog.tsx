import { type FormEvent, useState } from "react";
import { Dialog } from "../design/dialog.tsx";
import { Icon } from "../design/icon.tsx";

/** The name of a new profile. */
export function AddProfileDialog({
  taken,
  onAdd,
  onClose,
}: {
  taken: readonly string[];
  onAdd: (name: string) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState("");
  const wanted = name.trim();
  const twice = taken.includes(wanted);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted !== "" && !twice) onAdd(wanted);
  };
  return (
    <Dialog title="Add a profile" onClose={onClose}>
      <form onSubmit={submit}>
        <p>It starts with the values of quick.</p>
        <label>
          Name
          <input
            required
            maxLength={100}
            value={name}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={twice || undefined}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {twice && (
          <p className="problem bad" role="alert">
            <Icon name="alert" />
            There is a profile of this name.
          </p>
        )}
        <div className="actions">
          <button type="button" onClick={onClose}>
            Back
          </button>
          <button type="submit" className="primary">
            Add
          </button>
        </div>
      </form>
    </Dialog>
  );
}
