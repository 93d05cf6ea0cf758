import { type FormEvent, type ReactNode, useState } from "react";
import { type RunDetail, runSummarySchema } from "../../contract/console-api.ts";
import { stageTitle } from "../../contract/wording/status-table.ts";
import { type ApiFailure, apiPost } from "../api/client.ts";
import { Dialog } from "../design/dialog.tsx";
import { Problem } from "../design/problem.tsx";
import { loadDetail } from "../live/snapshot.ts";
import { useStore } from "../store/store.ts";

type Question = "cancel" | "override";

/** What the operator may do now. Which buttons there are, the server's state table decides. */
export function RunActions({ run }: { run: RunDetail }) {
  const [asking, setAsking] = useState<Question | null>(null);
  const close = () => setAsking(null);
  const holding = run.state === "FailedHolding";
  return (
    <div className="row actions">
      {run.canOverride && (
        <button type="button" className="primary" onClick={() => setAsking("override")}>
          Override…
        </button>
      )}
      {run.canCancel && (
        <button type="button" className="dangerous" onClick={() => setAsking("cancel")}>
          {holding ? "Cancel & reboot…" : "Cancel…"}
        </button>
      )}
      {asking === "cancel" && run.canCancel && <CancelDialog run={run} onClose={close} />}
      {asking === "override" && run.canOverride && <OverrideDialog run={run} onClose={close} />}
    </div>
  );
}

function CancelDialog({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  const holding = run.state === "FailedHolding";
  return (
    <Ask
      title={
        holding
          ? `Cancel the run and reboot ${run.hostName}?`
          : `Cancel the run on ${run.hostName}?`
      }
      run={run}
      path="cancel"
      word={holding ? "Cancel & reboot" : "Cancel the run"}
      onClose={onClose}
    >
      {holding ? (
        <p>
          The host reboots and, as no run is active, falls through to its local disk. The hold ends,
          and what can only be seen on the live machine is gone. The failure stays in the report.
        </p>
      ) : (
        <CancelWarning run={run} />
      )}
    </Ask>
  );
}

function CancelWarning({ run }: { run: RunDetail }) {
  return (
    <>
      <p>The stage under way is ended at once, and the host powers off. There is no verdict.</p>
      {run.nonDestructive ? (
        <p>This run is non-destructive: no disk is written to.</p>
      ) : (
        <p>
          <strong>
            A destructive stage that is ended may leave disks in an intermediate state. Recovery is
            manual.
          </strong>
        </p>
      )}
    </>
  );
}

function OverrideDialog({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  const [reason, setReason] = useState("");
  return (
    <Ask
      title="Override the failure?"
      run={run}
      path="override"
      word="Override"
      body={{ reason: reason.trim() }}
      ready={reason.trim() !== ""}
      onClose={onClose}
    >
      <p>
        {run.failedStage === null ? "The failed stage" : stageTitle(run.failedStage)} is entered
        again as a new attempt, and the run goes on from there. Your reason stays in the report for
        good.
      </p>
      <label>
        Reason
        <textarea
          required
          rows={3}
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
    </Ask>
  );
}

/** A question with consequences: says them, sends the answer, shows the server's objection. */
function Ask({
  title,
  run,
  path,
  word,
  body,
  ready = true,
  onClose,
  children,
}: {
  title: string;
  run: RunDetail;
  path: Question;
  word: string;
  body?: unknown;
  ready?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    const answer = await apiPost(`runs/${run.id}/${path}`, runSummarySchema, body);
    setBusy(false);
    if (!answer.ok) return setFailure(answer.failure);
    useStore.getState().putRun(answer.value);
    void loadDetail(run.id);
    onClose();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy) void send();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={onSubmit}>
        {children}
        <Problem failure={failure} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Back
          </button>
          <button
            type="submit"
            className={path === "cancel" ? "dangerous" : "primary"}
            aria-disabled={!ready || busy}
          >
            {word}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
