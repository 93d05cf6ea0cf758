import { type FormEvent, useState } from "react";
import { hostSummarySchema } from "../../contract/console-api.ts";
import { type ApiFailure, apiPost } from "../api/client.ts";
import { Dialog } from "../design/dialog.tsx";
import { Problem } from "../design/problem.tsx";
import { loadDoctor } from "../live/snapshot.ts";
import { useStore } from "../store/store.ts";

/** A machine known only by its MAC: typed from its label, or adopted after it netbooted. */
export function AddHostDialog({ mac: given, onClose }: { mac: string; onClose: () => void }) {
  const discovered = useStore(({ discovered: all }) => all.some((one) => one.mac === given));
  const [mac, setMac] = useState(given);
  const [name, setName] = useState("");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const submit = async () => {
    const made = await apiPost("hosts", hostSummarySchema, {
      mac: mac.trim(),
      ...(name.trim() === "" ? {} : { name: name.trim() }),
    });
    if (!made.ok) return setFailure(made.failure);
    useStore.getState().putHost(made.value);
    void loadDoctor();
    onClose();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };
  return (
    <Dialog title={discovered ? "Adopt this machine" : "Add a host by its MAC"} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <label>
          MAC address
          <input
            required
            value={mac}
            onChange={(event) => setMac(event.target.value)}
            placeholder="52:54:00:12:34:56"
            spellCheck={false}
            autoComplete="off"
          />
        </label>
        <label>
          Name <span className="quiet">optional</span>
          <input value={name} maxLength={253} onChange={(event) => setName(event.target.value)} />
        </label>
        <Problem failure={failure} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Back
          </button>
          <button type="submit" className="primary">
            {discovered ? "Adopt" : "Add"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
