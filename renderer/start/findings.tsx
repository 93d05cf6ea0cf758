import type { Ref } from "react";
import type { Preflight, PreflightFinding } from "../../contract/start-api.ts";
import type { IconName } from "../../contract/wording/icons.ts";
import type { Tone } from "../../contract/wording/status-table.ts";
import type { ApiResult } from "../api/client.ts";
import { Busy } from "../design/busy.tsx";
import { Button } from "../design/button.tsx";
import { Copyable } from "../design/copyable.tsx";
import { Icon } from "../design/icon.tsx";
import { Problem } from "../design/problem.tsx";

const LEVELS: Readonly<
  Record<PreflightFinding["level"], { word: string; icon: IconName; tone: Tone }>
> = {
  stop: { word: "In the way", icon: "cross", tone: "bad" },
  warn: { word: "Warning", icon: "alert", tone: "gaps" },
  info: { word: "To know", icon: "gap", tone: "idle" },
};

/** What the console found out before the start, worst first. */
export function Findings({
  preflight,
  asking,
  onAgain,
  ref,
}: {
  /** Null before the first answer. */
  preflight: ApiResult<Preflight> | null;
  asking: boolean;
  onAgain: () => void;
  ref: Ref<HTMLElement>;
}) {
  return (
    <section className="findings" aria-label="Before the start" tabIndex={-1} ref={ref}>
      <div className="row">
        <h3>Before the start</h3>
        <span className="grow" />
        <Button kind="plain" busy={asking} onClick={onAgain}>
          Check again
        </Button>
      </div>
      {preflight === null && <Busy what="Looking at the host and the lab…" />}
      {preflight?.ok === false && <Problem failure={preflight.failure} />}
      {preflight?.ok === true && <List findings={preflight.value.findings} />}
    </section>
  );
}

function List({ findings }: { findings: readonly PreflightFinding[] }) {
  if (findings.length === 0) {
    return (
      <p className="good">
        <Icon name="check" /> Nothing stands in the way.
      </p>
    );
  }
  return (
    <ul>
      {findings.map(({ id, level, text, mend }) => {
        const { word, icon, tone } = LEVELS[level];
        return (
          <li key={id} className={tone}>
            <span className="badge">
              <Icon name={icon} />
              {word}
            </span>
            <p>{text}</p>
            {mend !== null && <Copyable text={mend} label={`what to do about: ${word}`} />}
          </li>
        );
      })}
    </ul>
  );
}
