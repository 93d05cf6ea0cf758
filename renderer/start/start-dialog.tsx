import { type FormEvent, useEffect, useRef, useState } from "react";
import { type HostSummary, runSummarySchema } from "../../contract/console-api.ts";
import { preflightResponseSchema } from "../../contract/start-api.ts";
import { type ApiFailure, apiPost } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Button } from "../design/button.tsx";
import { Choice } from "../design/choice.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Problem } from "../design/problem.tsx";
import { HREF, navigate } from "../route.ts";
import { setPreference, usePreferences } from "../shell/preferences.ts";
import { useStore } from "../store/store.ts";
import { ConfirmName } from "./confirm-name.tsx";
import { DisksAtRisk } from "./disks-at-risk.tsx";
import { Findings } from "./findings.tsx";
import { ProfileCards } from "./profile-cards.tsx";
import { firstWrong, type StartForm, startOf, startRequest, startWords } from "./start-form.ts";

/** Starts a run on a host: what is tested, what it costs, and what stands in the way. */
export function StartDialog({ host, onClose }: { host: HostSummary; onClose: () => void }) {
  const profiles = useStore((state) => state.profiles);
  const [form, setForm] = useState<StartForm>(() => ({
    profile: "quick",
    nonDestructive: true,
    start: "reporter",
    afterPass: "power_off",
    operator: usePreferences.getState().operator,
    ticket: "",
    typedName: "",
  }));
  const [asked, setAsked] = useState(0);
  const [busy, setBusy] = useState(false);
  const [nameWrong, setNameWrong] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const findingsRef = useRef<HTMLElement>(null);
  const nameRef = useRef<HTMLInputElement>(null);
  const failureRef = useRef<HTMLDivElement>(null);
  const { result, asking } = useAnswer(
    `hosts/${host.id}/preflight?nonDestructive=${form.nonDestructive}`,
    preflightResponseSchema,
    // What the live stream tells of the host may change the answer.
    `${asked} ${host.online} ${host.run?.id ?? ""} ${host.run?.state ?? ""}`,
  );
  const preflight = result?.ok === true ? result.value : null;
  const change = (part: Partial<StartForm>) => setForm((was) => ({ ...was, ...part }));
  const wrong = firstWrong(form, host, preflight);

  const submit = async () => {
    setBusy(true);
    setFailure(null);
    setPreference("operator", form.operator.trim());
    const request = startRequest(form, host);
    const started = await apiPost(`hosts/${host.id}/runs`, runSummarySchema, request);
    setBusy(false);
    if (!started.ok) return setFailure(started.failure);
    useStore.getState().putRun(started.value);
    onClose();
    navigate(HREF.run(started.value.id));
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setNameWrong(wrong === "name");
    if (wrong === "findings") findingsRef.current?.focus();
    else if (wrong === "name") nameRef.current?.focus();
    else void submit();
  };
  useEffect(() => {
    if (failure !== null) failureRef.current?.focus();
  }, [failure]);

  return (
    <Dialog title={`Start a run on ${host.name}`} onClose={onClose}>
      <form className="startform" onSubmit={onSubmit} noValidate>
        <ProfileCards
          profiles={profiles}
          chosen={form.profile}
          nonDestructive={form.nonDestructive}
          estimates={preflight?.estimates ?? null}
          onChoose={(profile) => change({ profile })}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={form.nonDestructive}
            onChange={({ target }) => change({ nonDestructive: target.checked })}
          />
          <span>
            Non-destructive <span className="quiet">disks are only read, nothing is written</span>
          </span>
        </label>
        {!form.nonDestructive && (
          <div className="danger">
            <DisksAtRisk disks={preflight?.disks} />
            <ConfirmName
              ref={nameRef}
              name={host.name}
              typed={form.typedName}
              wrong={nameWrong && wrong === "name"}
              onType={(typedName) => change({ typedName })}
            />
          </div>
        )}
        <fieldset>
          <legend>How the host gets into the live image</legend>
          <Choice
            name="start"
            checked={startOf(form, host) === "reporter"}
            disabled={!host.online}
            onPick={() => change({ start: "reporter" })}
          >
            Its reporter reboots it
            {!host.online && <span className="quiet">not possible: no reporter answers</span>}
          </Choice>
          <Choice
            name="start"
            checked={startOf(form, host) === "wake"}
            onPick={() => change({ start: "wake" })}
          >
            Wake it over the network, or switch it on by hand
          </Choice>
        </fieldset>
        <Findings
          preflight={result}
          asking={asking}
          onAgain={() => setAsked(asked + 1)}
          ref={findingsRef}
        />
        <fieldset>
          <legend>After a pass</legend>
          <div className="row">
            <Choice
              name="after"
              checked={form.afterPass === "power_off"}
              onPick={() => change({ afterPass: "power_off" })}
            >
              Power off
            </Choice>
            <Choice
              name="after"
              checked={form.afterPass === "reboot"}
              onPick={() => change({ afterPass: "reboot" })}
            >
              Reboot into its own system
            </Choice>
          </div>
        </fieldset>
        <div className="pair">
          <label>
            Operator
            <input
              value={form.operator}
              maxLength={128}
              autoComplete="name"
              onChange={({ target }) => change({ operator: target.value })}
            />
          </label>
          <label>
            Ticket
            <input
              value={form.ticket}
              maxLength={128}
              autoComplete="off"
              onChange={({ target }) => change({ ticket: target.value })}
            />
          </label>
        </div>
        <div ref={failureRef} tabIndex={-1}>
          <Problem failure={failure} />
        </div>
        <div className="actions">
          <Button onClick={onClose}>Back</Button>
          <button
            type="submit"
            className={form.nonDestructive ? "primary" : "dangerous"}
            aria-disabled={busy || wrong !== null}
            aria-busy={busy || undefined}
          >
            {busy ? "Starting…" : startWords(form, host)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
