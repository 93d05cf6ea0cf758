import type { RunDetail } from "../../contract/console-api.ts";
import { formatDuration, formatQuantity } from "../../contract/wording/format.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { useNow } from "../clock.ts";
import { Copyable } from "../design/copyable.tsx";
import { Icon } from "../design/icon.tsx";
import { HREF } from "../route.ts";
import { EVIDENCE_TITLES } from "./evidence-titles.ts";
import {
  failedAttempt,
  ledWords,
  nextSteps,
  partFacts,
  partText,
  whyItHolds,
} from "./hold-words.ts";
import { RunActions } from "./run-actions.tsx";

/**
 * A held run: which part it is, what is known of it, how to get at it, and what can be done now.
 * @param props.brief beside another tab: which part, why, and the buttons, so that the tab has room
 */
export function HoldPanel({
  run,
  brief,
  onEvidence,
}: {
  run: RunDetail;
  brief: boolean;
  /** Opens a captured file in its tab. */
  onEvidence: (id: number) => void;
}) {
  return (
    <section className="holdpanel hold" aria-label="Hold">
      <div className="holdwhy">
        <Parts run={run} />
        <p className="holdreason">{whyItHolds(run)}</p>
        {!brief && <Holder run={run} />}
      </div>
      {brief ? (
        <RunActions run={run} />
      ) : (
        <div className="holdcolumns">
          <div>
            <h2>What to do now</h2>
            <ol className="steps">
              {nextSteps(run).map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
            <RunActions run={run} />
          </div>
          <div>
            <h2>Into the host</h2>
            <Access run={run} />
            <Led run={run} />
          </div>
          <div>
            <h2>What was captured</h2>
            <Captured run={run} onEvidence={onEvidence} />
          </div>
        </div>
      )}
    </section>
  );
}

/** The failing parts, as large as they must be to be read from where they are. */
function Parts({ run }: { run: RunDetail }) {
  const parts = failedAttempt(run)?.blame ?? [];
  if (parts.length === 0) return null;
  return (
    <ul className="holdparts" aria-label="Failing parts">
      {parts.map((blame) => (
        <li key={partText(blame)}>
          <Icon name="cross" />
          <strong>{blame.part}</strong>
          <span>{partFacts(blame).join(", ")}</span>
        </li>
      ))}
    </ul>
  );
}

/** Who holds, since when, and what was overridden already. */
function Holder({ run }: { run: RunDetail }) {
  const seconds = (useNow() - Date.parse(run.stateSince)) / 1000;
  return (
    <p className="quiet">
      Held since {new Date(run.stateSince).toLocaleString()},{" "}
      <strong>{formatDuration(seconds)}</strong> (a hold never expires), by{" "}
      {run.operator === null ? "a run that names no operator" : <strong>{run.operator}</strong>}
      {run.ticket !== null && <>, ticket {run.ticket}</>}.{" "}
      {run.overrides.length === 0
        ? "Nothing was overridden so far."
        : `Overridden ${run.overrides.length} ${run.overrides.length === 1 ? "time" : "times"} so far: ${run.overrides
            .map(({ stage, reason }) => `${STAGE_TITLES[stage]} (“${reason}”)`)
            .join(", ")}.`}
    </p>
  );
}

/** How to log in, and the host key to compare before one does. */
function Access({ run }: { run: RunDetail }) {
  const { access, hold } = run;
  if (access === null) {
    return (
      <p className="badge waiting wrapped">
        <Icon name={hold?.noLogin === undefined || hold.noLogin === null ? "clock" : "ban"} />
        {hold?.noLogin ?? "The agent has yet to open SSH; evidence is captured first."}
      </p>
    );
  }
  const { user, addresses, port, hostKeyFingerprint } = access;
  const portOption = port === 22 ? "" : `-p ${port} `;
  return (
    <>
      {addresses.map((address) => (
        <Copyable
          key={address}
          text={`ssh ${portOption}${user}@${address}`}
          label={`the SSH command for ${address}`}
        />
      ))}
      <p>
        Host key, to compare with what ssh shows: <code>{hostKeyFingerprint}</code>
      </p>
    </>
  );
}

function Led({ run }: { run: RunDetail }) {
  const { icon, word, means } = ledWords(run.hold);
  return (
    <p className="led">
      <span>Chassis LED</span>{" "}
      <strong className="badge idle">
        <Icon name={icon} />
        {word}
      </strong>{" "}
      <span className="quiet">{means}</span>
    </p>
  );
}

function Captured({ run, onEvidence }: { run: RunDetail; onEvidence: (id: number) => void }) {
  const ofFailure = run.evidence.filter(
    ({ receivedAt, stage }) =>
      stage === null || stage === failedAttempt(run)?.stage || receivedAt >= run.stateSince,
  );
  if (ofFailure.length === 0) {
    return <p className="quiet">Nothing has come yet. The agent captures it before all else.</p>;
  }
  return (
    <ul className="captured">
      {ofFailure.map((item) => (
        <li key={item.id}>
          <a href={HREF.run(run.id, "evidence")} onClick={() => onEvidence(item.id)}>
            {EVIDENCE_TITLES[item.kind] ?? item.kind}
            {ofFailure.some(({ id, kind }) => kind === item.kind && id !== item.id) &&
              `, ${item.name}`}
          </a>
          <span className="quiet"> {formatQuantity(item.bytes, "By")}</span>
        </li>
      ))}
    </ul>
  );
}
