import { type FormEvent, useEffect, useState } from "react";
import {
  type HostDetail,
  type HostSummary,
  hostDetailSchema,
  runSummarySchema,
  type StartRunRequest,
} from "../../contract/console-api.ts";
import { formatDuration, formatQuantity } from "../../contract/wording/format.ts";
import { type ApiFailure, apiGet, apiPost } from "../api/client.ts";
import { Choice } from "../design/choice.tsx";
import { QuickCommand } from "../design/copyable.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Problem } from "../design/problem.tsx";
import { HREF, navigate } from "../route.ts";
import { useStore } from "../store/store.ts";

const OPERATOR_KEY = "vetting.operator";
const WHAT_PROFILES_DO: Readonly<Record<string, string>> = {
  quick: "Every stage, minutes each: is it fit for the rack?",
  deep: "Hours: extended self-tests, long stress.",
  soak: "Days under load, for what fails rarely.",
};

export function StartDialog({ host, onClose }: { host: HostSummary; onClose: () => void }) {
  const profiles = useStore((state) => state.profiles);
  const labUrl = useStore((state) => state.doctor?.labUrl ?? null);
  const [profile, setProfile] = useState("quick");
  const [nonDestructive, setNonDestructive] = useState(true);
  const [start, setStart] = useState<StartRunRequest["start"]>(host.online ? "reporter" : "wake");
  const [afterPass, setAfterPass] = useState<StartRunRequest["afterPass"]>("power_off");
  const [operator, setOperator] = useState(() => localStorage.getItem(OPERATOR_KEY) ?? "");
  const [ticket, setTicket] = useState("");
  const [typedName, setTypedName] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const confirmed = nonDestructive || typedName.trim() === host.name;
  const submit = async () => {
    setBusy(true);
    localStorage.setItem(OPERATOR_KEY, operator);
    const request: StartRunRequest = {
      profile,
      nonDestructive,
      start,
      afterPass,
      ...(operator.trim() === "" ? {} : { operator: operator.trim() }),
      ...(ticket.trim() === "" ? {} : { ticket: ticket.trim() }),
    };
    const started = await apiPost(`hosts/${host.id}/runs`, runSummarySchema, request);
    setBusy(false);
    if (!started.ok) return setFailure(started.failure);
    useStore.getState().putRun(started.value);
    onClose();
    navigate(HREF.run(started.value.id));
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (confirmed && !busy) void submit();
  };

  return (
    <Dialog title={`Start a run on ${host.name}`} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <fieldset>
          <legend>Profile</legend>
          <div className="cards">
            {profiles.map(({ name, expectedSeconds }) => (
              <Choice
                key={name}
                name="profile"
                checked={profile === name}
                onPick={() => setProfile(name)}
              >
                <strong>{name}</strong>
                <span>at least {formatDuration(expectedSeconds)}</span>
                <span className="quiet">{WHAT_PROFILES_DO[name] ?? "From vetting.yaml."}</span>
              </Choice>
            ))}
          </div>
        </fieldset>
        <label className="check">
          <input
            type="checkbox"
            checked={nonDestructive}
            onChange={(event) => setNonDestructive(event.target.checked)}
          />
          <span>
            Non-destructive <span className="quiet">disks are only read, nothing is written</span>
          </span>
        </label>
        {!nonDestructive && (
          <div className="danger">
            <DisksAtRisk hostId={host.id} />
            <label>
              <span>
                Type <strong>{host.name}</strong> to confirm
              </span>
              <input
                value={typedName}
                onChange={(event) => setTypedName(event.target.value)}
                autoComplete="off"
                spellCheck={false}
              />
            </label>
          </div>
        )}
        <fieldset>
          <legend>How the host gets into the live image</legend>
          <Choice
            name="start"
            checked={start === "reporter"}
            disabled={!host.online}
            onPick={() => setStart("reporter")}
          >
            Its reporter reboots it
            {!host.online && <span className="quiet">not possible: no reporter answers</span>}
          </Choice>
          <Choice name="start" checked={start === "wake"} onPick={() => setStart("wake")}>
            Wake it over the network, or switch it on by hand
          </Choice>
          {!host.online && (
            <p className="quiet">
              To bring its reporter in, run on the host: <QuickCommand labUrl={labUrl} />
            </p>
          )}
        </fieldset>
        <fieldset>
          <legend>After a pass</legend>
          <Choice
            name="after"
            checked={afterPass === "power_off"}
            onPick={() => setAfterPass("power_off")}
          >
            Power off
          </Choice>
          <Choice
            name="after"
            checked={afterPass === "reboot"}
            onPick={() => setAfterPass("reboot")}
          >
            Reboot into its own system
          </Choice>
        </fieldset>
        <div className="pair">
          <label>
            Operator
            <input
              value={operator}
              maxLength={128}
              onChange={(event) => setOperator(event.target.value)}
            />
          </label>
          <label>
            Ticket
            <input
              value={ticket}
              maxLength={128}
              onChange={(event) => setTicket(event.target.value)}
            />
          </label>
        </div>
        <Problem failure={failure} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Back
          </button>
          <button
            type="submit"
            className={nonDestructive ? "primary" : "dangerous"}
            aria-disabled={!confirmed || busy}
          >
            {busy ? "Starting…" : nonDestructive ? "Start" : "Overwrite disks and start"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The disks of the last inventory that a destructive run writes over. */
function DisksAtRisk({ hostId }: { hostId: number }) {
  const [host, setHost] = useState<HostDetail | null>(null);
  useEffect(() => {
    void apiGet(`hosts/${hostId}`, hostDetailSchema).then((answer) => {
      if (answer.ok) setHost(answer.value);
    });
  }, [hostId]);
  const disks = host?.inventory?.disks;
  if (disks === undefined) {
    return (
      <p>
        <strong>Every free disk of this host will be written over.</strong> Its disks are not known
        yet: it has had no inventory.
      </p>
    );
  }
  return (
    <>
      <p>
        <strong>These disks will be written over</strong>, as of the last inventory:
      </p>
      <ul>
        {disks.map((disk) => (
          <li key={disk.name}>
            {disk.name} · {disk.model ?? "unknown model"} · serial {disk.serial ?? "unknown"} ·{" "}
            {formatQuantity(disk.sizeBytes, "By")}
            {disk.inUse !== null && <em> · left alone while it is in use: {disk.inUse}</em>}
          </li>
        ))}
      </ul>
    </>
  );
}
