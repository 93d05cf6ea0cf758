import type { RunDetail } from "../../contract/console-api.ts";
import { formatQuantity } from "../../contract/wording/format.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { Icon } from "../design/icon.tsx";

/** Gaps, breaches and overrides: what a reader of the verdict must know. */
export function RunRecords({ run }: { run: RunDetail }) {
  const breaches = run.stages.flatMap((attempt) =>
    attempt.breaches.map((breach) => ({ ...breach, stage: attempt.stage, id: attempt.id })),
  );
  return (
    <>
      {run.gaps.length > 0 && (
        <section>
          <h2>Not exercised</h2>
          <ul className="records">
            {run.gaps.map((gap) => (
              <li key={`${gap.stage} ${gap.what}`} className="gaps">
                <Icon name="gap" />
                <span>
                  <strong>{gap.what}</strong> ({STAGE_TITLES[gap.stage]}) – {gap.why}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {breaches.length > 0 && (
        <section>
          <h2>Breaches</h2>
          <ul className="records">
            {breaches.map((breach) => (
              <li
                key={`${breach.id} ${breach.sensor} ${breach.limit} ${breach.severity}`}
                className={breach.severity === "fail" ? "bad" : "gaps"}
              >
                <Icon name={breach.severity === "fail" ? "cross" : "alert"} />
                <span>
                  <strong>{breach.severity === "fail" ? "Fails" : "Warns"}</strong>: {breach.sensor}{" "}
                  at {formatQuantity(breach.value, breach.unit)}, limit{" "}
                  {formatQuantity(breach.limit, breach.unit)}, in {STAGE_TITLES[breach.stage]} at{" "}
                  {new Date(breach.t).toLocaleTimeString()}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {run.overrides.length > 0 && (
        <section>
          <h2>Overrides</h2>
          <ul className="records">
            {run.overrides.map((override) => (
              <li key={`${override.stage} ${override.at}`}>
                <Icon name="alert" />
                <span>
                  <strong>{STAGE_TITLES[override.stage]}</strong> entered again at{" "}
                  {new Date(override.at).toLocaleString()}
                  {override.operator !== null && <> by {override.operator}</>}: “{override.reason}”
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Is there anything that a reader of the verdict must know? */
export function hasRecords(run: Pick<RunDetail, "gaps" | "overrides" | "stages">): boolean {
  return (
    run.gaps.length > 0 ||
    run.overrides.length > 0 ||
    run.stages.some(({ breaches }) => breaches.length > 0)
  );
}
