import { type FormEvent, useEffect, useState } from "react";
import {
  type HostSummary,
  hostSummarySchema,
  type PatchHostRequest,
} from "../../contract/console-api.ts";
import { settingsResponseSchema } from "../../contract/settings-api.ts";
import { type ApiFailure, apiGet, apiPatch } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Problem } from "../design/problem.tsx";
import { useStore } from "../store/store.ts";

/** What people know of a host and machines do not tell: its name, which spec it is held to, notes. */
export function EditHostDialog({ host, onClose }: { host: HostSummary; onClose: () => void }) {
  const [name, setName] = useState(host.name);
  const [spec, setSpec] = useState(host.spec ?? "");
  const [notes, setNotes] = useState(host.notes);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const specs = useSpecNames();
  const submit = async () => {
    // Only what was changed: a host that registers meanwhile may have changed the rest.
    const change: PatchHostRequest = {
      ...(name.trim() === host.name ? {} : { name: name.trim() }),
      ...(spec.trim() === (host.spec ?? "") ? {} : { spec: spec.trim() || null }),
      ...(notes === host.notes ? {} : { notes }),
    };
    if (Object.keys(change).length === 0) return onClose();
    setBusy(true);
    const changed = await apiPatch(`hosts/${host.id}`, hostSummarySchema, change);
    setBusy(false);
    if (!changed.ok) return setFailure(changed.failure);
    useStore.getState().putHost(changed.value);
    onClose();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void submit();
  };
  return (
    <Dialog title={`Name, spec and notes of ${host.name}`} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <label>
          Name
          <input
            required
            value={name}
            maxLength={253}
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          Spec <span className="quiet">empty: matched by its model</span>
          <input
            value={spec}
            list="specs"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setSpec(event.target.value)}
          />
          <datalist id="specs">
            {specs.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
        <label>
          Notes <span className="quiet">an asset tag written here is found by the scanner</span>
          <textarea
            value={notes}
            rows={4}
            maxLength={10_000}
            onChange={(event) => setNotes(event.target.value)}
          />
        </label>
        <dl className="facts">
          <dt>MAC</dt>
          <dd>{host.macs.join(", ")}</dd>
          <dt>Serial</dt>
          <dd>{host.serial ?? "not known"}</dd>
          <dt>System</dt>
          <dd>{host.os ?? "not known"}</dd>
        </dl>
        <Problem failure={failure} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Back
          </button>
          <Button type="submit" kind="primary" busy={busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The specs that vetting.yaml names; none when it cannot be asked. */
function useSpecNames(): readonly string[] {
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    void apiGet("settings", settingsResponseSchema).then((answer) => {
      if (answer.ok) setNames(answer.value.effective.specs.map(({ name }) => name));
    });
  }, []);
  return names;
}
