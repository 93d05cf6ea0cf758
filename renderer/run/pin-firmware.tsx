import { type FormEvent, useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { pinFirmwareResponseSchema } from "../../contract/settings-api.ts";
import { type ApiFailure, apiPost } from "../api/client.ts";
import { Dialog } from "../design/dialog.tsx";
import { Problem } from "../design/problem.tsx";

/** The versions that this run found become what the spec asks for from now on. */
export function PinFirmware({ run }: { run: RunDetail }) {
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<string | null>(null);
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        Pin these versions…
      </button>
      {done !== null && <p role="status">{done}</p>}
      {asking && (
        <PinDialog
          run={run}
          onClose={() => setAsking(false)}
          onDone={({ spec, pins }) => {
            setAsking(false);
            setDone(`${pins} versions are pinned in spec ${spec}; the next run is held to them.`);
          }}
        />
      )}
    </>
  );
}

function PinDialog({
  run,
  onClose,
  onDone,
}: {
  run: RunDetail;
  onClose: () => void;
  onDone: (pinned: { spec: string; pins: number }) => void;
}) {
  const [spec, setSpec] = useState(run.spec ?? run.inventory?.system.product ?? "");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = spec.trim() !== "" && !busy;
  const send = async () => {
    setBusy(true);
    const answer = await apiPost(`runs/${run.id}/firmware/pin`, pinFirmwareResponseSchema, {
      spec: spec.trim(),
    });
    setBusy(false);
    if (answer.ok) onDone(answer.value);
    else setFailure(answer.failure);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) void send();
  };
  return (
    <Dialog title="Pin these firmware versions?" onClose={onClose}>
      <form onSubmit={onSubmit}>
        <p>
          The versions that this run could read become the firmware pins of a spec in vetting.yaml,
          in place of those it has. Hosts of this spec whose firmware differs then fail in the Spec
          stage. This run is not judged anew.
        </p>
        <label>
          Spec
          <input
            required
            maxLength={100}
            value={spec}
            onChange={(event) => setSpec(event.target.value)}
          />
          <span className="quiet">One of that name is changed; else it is made.</span>
        </label>
        <Problem failure={failure} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Back
          </button>
          <button type="submit" className="primary" aria-disabled={!ready}>
            Pin
          </button>
        </div>
      </form>
    </Dialog>
  );
}
