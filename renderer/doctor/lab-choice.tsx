import { type FormEvent, useState } from "react";
import { labResponseSchema } from "../../contract/settings-api.ts";
import { type ApiFailure, apiChange } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { Choice } from "../design/choice.tsx";
import { Icon } from "../design/icon.tsx";
import { Problem } from "../design/problem.tsx";
import { loadDoctor } from "../live/snapshot.ts";
import { byFitness, factsOf, type Interface, prefixLength } from "./interface-choice.ts";

/** Which of this machine's addresses hosts shall reach the console at. */
export function LabChoice({
  interfaces,
  present,
  onDone,
}: {
  interfaces: readonly Interface[];
  /** The lab address now; null: none yet. */
  present: string | null;
  onDone: () => void;
}) {
  const sorted = byFitness(interfaces);
  const [picked, setPicked] = useState(present ?? sorted[0]?.address ?? null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const use = async (address: string) => {
    setBusy(true);
    const answer = await apiChange("PUT", "lab", labResponseSchema, { address });
    setFailure(answer.ok ? null : answer.failure);
    if (answer.ok) await loadDoctor(true);
    setBusy(false);
    if (answer.ok) onDone();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (picked !== null && !busy) void use(picked);
  };
  if (sorted.length === 0) {
    return <p>This machine has no IPv4 address. Connect it to the lab's network first.</p>;
  }
  return (
    <form className="labchoice" onSubmit={submit}>
      <fieldset>
        <legend>Interfaces of this machine</legend>
        {sorted.map((it) => (
          <Choice
            key={`${it.name} ${it.address}`}
            name="lab-interface"
            checked={it.address === picked}
            onPick={() => setPicked(it.address)}
          >
            <InterfaceLine it={it} present={it.address === present} />
          </Choice>
        ))}
      </fieldset>
      {present !== null && picked !== present && (
        <p className="warning">
          <Icon name="alert" />
          <span>
            Enrolled hosts look for the console at {present}. After the change run the reporter's
            install command on each of them again.
          </span>
        </p>
      )}
      <Problem failure={failure} />
      <div className="row">
        <Button
          type="submit"
          kind="primary"
          busy={busy}
          unable={picked === null || picked === present}
        >
          {busy ? `Opening the lab on ${picked}…` : "Use this interface"}
        </Button>
        {present !== null && <Button onClick={onDone}>Keep {present}</Button>}
      </div>
    </form>
  );
}

function InterfaceLine({ it, present }: { it: Interface; present: boolean }) {
  const { good, against } = factsOf(it);
  const length = prefixLength(it.netmask);
  return (
    <span className="interface">
      <strong>{it.name}</strong>
      <code>
        {it.address}
        {length === null ? "" : `/${length}`}
      </code>
      {present && <span className="chip">in use</span>}
      <span className="facts">
        {good.map((fact) => (
          <span key={fact} className="quiet">
            {fact}
          </span>
        ))}
        {against.map((fact) => (
          <span key={fact} className="badge gaps">
            <Icon name="alert" />
            {fact}
          </span>
        ))}
      </span>
    </span>
  );
}
