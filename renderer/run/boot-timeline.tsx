import {
  type BootAttempt,
  type BootProgress,
  bootStepTitle,
} from "../../contract/boot-timeline.ts";
import type { RunDetail } from "../../contract/console-api.ts";
import { stageNameForState } from "../../contract/run-state.ts";
import { formatDuration, secondsBetween } from "../../contract/wording/format.ts";
import { BOOT_STATUS } from "../../contract/wording/status-table.ts";
import { Icon, StatusBadge } from "../design/icon.tsx";

/** Every network boot of the run's host: which step was reached when, and where it stopped. Folded once it has booted. */
export function BootTimeline({ run }: { run: RunDetail }) {
  const last = run.boots.at(-1);
  if (last === undefined) return null;
  const booted = stageNameForState(run.state) !== null || last.progress.kind === "claimed";
  return (
    <section>
      <details className="boots" open={!booted}>
        <summary>
          <h2>
            Network boot
            {run.boots.length > 1 && <span className="quiet"> ({run.boots.length} times)</span>}
          </h2>
          <StatusBadge status={BOOT_STATUS[last.progress.kind]} />
          {booted && <span className="quiet">{tookOf(last)}</span>}
        </summary>
        {run.boots.toReversed().map((boot) => (
          <Boot key={boot.id} boot={boot} />
        ))}
      </details>
    </section>
  );
}

function Boot({ boot }: { boot: BootAttempt }) {
  return (
    <ol className="boot" aria-label={`Boot of ${new Date(boot.startedAt).toLocaleTimeString()}`}>
      {boot.events.map(({ at, step, detail }) => (
        <li key={`${at} ${step} ${detail}`} className={step === "problem" ? "bad" : ""}>
          <time dateTime={at}>{new Date(at).toLocaleTimeString()}</time>
          <span className="quiet after">
            +{(secondsBetween(boot.startedAt, at) ?? 0).toFixed(1)} s
          </span>
          <span>
            <strong>{bootStepTitle(step)}</strong> <span className="quiet">{detail}</span>
          </span>
        </li>
      ))}
      {boot.progress.kind === "stopped" && (
        <li className="whole">
          <BootSentence progress={boot.progress} />
        </li>
      )}
    </ol>
  );
}

/** Where a boot stands, in a sentence; a stopped one says what usually causes it. */
export function BootSentence({ progress }: { progress: BootProgress }) {
  const { icon, tone } = BOOT_STATUS[progress.kind];
  return (
    <p className={progress.kind === "stopped" ? "warning" : `badge ${tone}`}>
      <Icon name={icon} />
      {progress.sentence}
    </p>
  );
}

function tookOf({ events }: BootAttempt): string {
  const first = events[0]?.at ?? null;
  const seconds = secondsBetween(first, events.at(-1)?.at ?? null);
  return seconds === null ? "" : `took ${formatDuration(seconds)}`;
}
