import { useEffect, useMemo, useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { formatQuantity } from "../../contract/wording/format.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { type ApiFailure, apiGetText } from "../api/client.ts";
import { Busy } from "../design/busy.tsx";
import { Empty } from "../design/empty.tsx";
import { Problem } from "../design/problem.tsx";
import { EVIDENCE_TITLES } from "./evidence-titles.ts";
import { LineList } from "./line-list.tsx";
import { LineSearchBox, NO_SEARCH } from "./line-search.tsx";
import { matchesIn } from "./log-search.ts";

type EvidenceItem = RunDetail["evidence"][number];

export function evidenceHref(runId: number, { id }: EvidenceItem): string {
  return `/api/v1/runs/${runId}/evidence/${id}`;
}

/** What was captured around a failure: each file in place, to be searched, and to be taken along. */
export function Evidence({
  run,
  openId,
  onOpen,
}: {
  run: RunDetail;
  openId: number | null;
  onOpen: (id: number) => void;
}) {
  const { evidence } = run;
  const open = evidence.find(({ id }) => id === openId) ?? evidence.at(0);
  if (open === undefined) {
    return (
      <Empty title="No evidence">
        <p>
          Evidence is captured when a stage fails: the kernel's log, the BMC's event log, SMART,
          memory errors, the last minute of samples and the tool's own output. Nothing failed here
          {run.endedAt === null && " so far"}.
        </p>
      </Empty>
    );
  }
  return (
    <section aria-label="Evidence" className="evidence">
      <ul aria-label="Captured files">
        {evidence.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              aria-pressed={item.id === open.id}
              onClick={() => onOpen(item.id)}
            >
              <strong>{EVIDENCE_TITLES[item.kind] ?? item.kind}</strong>
              <span className="quiet">
                {item.name} · {formatQuantity(item.bytes, "By")}
                {item.stage !== null && ` · ${STAGE_TITLES[item.stage]}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <EvidenceText key={open.id} runId={run.id} item={open} />
    </section>
  );
}

function EvidenceText({ runId, item }: { runId: number; item: EvidenceItem }) {
  const [text, setText] = useState<string | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [search, setSearch] = useState(NO_SEARCH);
  useEffect(() => {
    let gone = false;
    void apiGetText(`runs/${runId}/evidence/${item.id}`).then((answer) => {
      if (gone) return;
      if (answer.ok) setText(answer.value);
      else setFailure(answer.failure);
    });
    return () => {
      gone = true;
    };
  }, [runId, item.id]);
  const texts = useMemo(() => (text ?? "").replace(/\n$/, "").split("\n"), [text]);
  const lines = useMemo(() => texts.map((line, n) => ({ n, text: line })), [texts]);
  const hits = useMemo(() => matchesIn(texts, search.text), [texts, search.text]);
  return (
    <div className="evidencetext">
      <div className="row">
        <h2>{item.name}</h2>
        <span className="quiet">captured {new Date(item.receivedAt).toLocaleString()}</span>
        <span className="grow" />
        <LineSearchBox
          label={`Search ${item.name}`}
          search={search}
          hits={hits}
          onSearch={setSearch}
        />
        <a className="button" href={evidenceHref(runId, item)} download={item.name}>
          Download
        </a>
      </div>
      {item.truncated && (
        <p className="quiet">Cut at its beginning: the end is the newest, and there it failed.</p>
      )}
      <Problem failure={failure} />
      {text === null && failure === null && <Busy what={`Fetching ${item.name}…`} />}
      {text !== null && (
        <LineList
          label={`Text of ${item.name}`}
          role="region"
          lines={lines}
          search={search.text}
          current={search.at}
          following={false}
          onFollow={ignore}
        />
      )}
    </div>
  );
}

/** A file does not grow. */
function ignore(): void {}
