import { useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import type { ReportKind, SaveOutcome } from "../../contract/desktop-api.ts";
import { Busy } from "../design/busy.tsx";
import { Button } from "../design/button.tsx";
import { platform } from "../shell/platform.ts";

/** The forms in which the report can be taken along. */
const FORMS: readonly { kind: ReportKind; title: string; means: string }[] = [
  { kind: "html", title: "Save HTML", means: "One file that opens offline in any browser." },
  { kind: "pdf", title: "Save PDF", means: "For paper and for mail." },
  {
    kind: "jsonl",
    title: "Save OCP JSONL",
    means: "For fleet tools that read OCP diagnostics.",
  },
  { kind: "junit", title: "Save JUnit XML", means: "For CI: a test case a stage." },
];

/** The report as it would be handed on, and every form in which it can be. */
export function Report({ run }: { run: RunDetail }) {
  const [loaded, setLoaded] = useState(false);
  const [saving, setSaving] = useState<ReportKind | null>(null);
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
  const url = `/api/v1/runs/${run.id}/report.html`;
  const save = async (kind: ReportKind) => {
    setSaving(kind);
    setOutcome(null);
    setOutcome(await platform().saveReport(run, kind));
    setSaving(null);
  };
  return (
    <section aria-label="Report" className="report">
      <div className="row">
        <a className="button" href={url} target="_blank" rel="noreferrer">
          Open the report
        </a>
        {FORMS.map(({ kind, title, means }) => (
          <Button
            key={kind}
            title={means}
            busy={saving === kind}
            unable={saving !== null}
            onClick={() => void save(kind)}
          >
            {title}
          </Button>
        ))}
      </div>
      <Saved outcome={outcome} />
      {!loaded && <Busy what="Making the report…" />}
      <iframe
        // The report runs no script and may not get one here; its own styles are all that it needs.
        sandbox="allow-same-origin allow-popups"
        src={url}
        title={`Report of run ${run.id}`}
        onLoad={() => setLoaded(true)}
      />
      <p className="quiet">
        {run.endedAt === null
          ? "As the run stands now; open the tab again for a newer one."
          : "The run is over: this is its report."}
      </p>
    </section>
  );
}

function Saved({ outcome }: { outcome: SaveOutcome | null }) {
  if (outcome === null || outcome.kind === "cancelled") return null;
  const saved = outcome.kind === "saved";
  return (
    <p role={saved ? "status" : "alert"} className={saved ? "quiet" : "reason"}>
      {saved ? `Saved as ${outcome.path}.` : outcome.detail}
    </p>
  );
}
