import type { RunDetail } from "../../contract/console-api.ts";
import { formatQuantity } from "../../contract/wording/format.ts";
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
                  <strong>{gap.what}</strong> ({gap.stage}) – {gap.why}
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
                  {formatQuantity(breach.limit, breach.unit)}, in {breach.stage} at{" "}
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
                  <strong>{override.stage}</strong> entered again at{" "}
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

/** What can be taken along: the report and the captured evidence. */
export function RunFiles({ run }: { run: RunDetail }) {
  return (
    <section>
      <h2>Report and evidence</h2>
      <p>
        <a
          className="button"
          href={`/api/v1/runs/${run.id}/report.html`}
          target="_blank"
          rel="noreferrer"
        >
          Open the report
        </a>
      </p>
      {run.evidence.length === 0 ? (
        <p className="quiet">No evidence was captured.</p>
      ) : (
        <ul className="records">
          {run.evidence.map((item) => (
            <li key={item.id}>
              <a href={`/api/v1/runs/${run.id}/evidence/${item.id}`} download={item.name}>
                {item.name}
              </a>
              <span className="quiet">
                {item.kind}
                {item.stage !== null && ` · ${item.stage}`} · {formatQuantity(item.bytes, "By")}
                {item.truncated && " · cut"}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
