import type { z } from "zod";
import { firmwareDiffResponseSchema } from "../../contract/console-api.ts";
import type { ApiResult } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Busy } from "../design/busy.tsx";
import { Icon } from "../design/icon.tsx";
import { Problem } from "../design/problem.tsx";
import { Words } from "../design/words.tsx";
import { SIDES } from "./compare-heads.tsx";

type Row = z.infer<typeof firmwareDiffResponseSchema>["rows"][number];

const WORDS: Readonly<Partial<Record<Row["kind"], string>>> = {
  changed: "changed",
  added: "only in B",
  removed: "only in A",
  same: "same",
};

/** The firmware of B beside that of A, what changed first. */
export function CompareFirmware({ runIds: [a, b] }: { runIds: readonly [number, number] }) {
  const { result } = useAnswer(`runs/${b}/firmware/diff?against=${a}`, firmwareDiffResponseSchema);
  return (
    <section aria-label="Firmware">
      <h2>Firmware</h2>
      <Content answer={result} />
    </section>
  );
}

function Content({ answer }: { answer: ApiResult<{ rows: Row[] }> | null }) {
  if (answer === null) return <Busy what="Fetching the firmware of both…" />;
  if (!answer.ok) {
    // A run that did not come to its firmware has none: nothing is wrong with this screen.
    if (answer.failure.status === 404) return <p className="quiet">{answer.failure.detail}</p>;
    return <Problem failure={answer.failure} />;
  }
  const rows = [...answer.value.rows].sort(
    (one, other) => Number(one.kind === "same") - Number(other.kind === "same"),
  );
  if (rows.length === 0) return <p className="quiet">Neither run found any firmware.</p>;
  return (
    <div className="scrolls">
      <table className="compared">
        <thead>
          <tr>
            <th scope="col">Component</th>
            <th scope="col">Item</th>
            {SIDES.map((side) => (
              <th key={side} scope="col">
                {side}
              </th>
            ))}
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ kind, component, identifier, expected, actual }) => (
            <tr
              key={`${component} ${identifier ?? ""}`}
              className={kind === "same" ? "" : "different"}
            >
              <th scope="row">{component}</th>
              <td>
                <Words text={identifier ?? "–"} />
              </td>
              <td>{versionOf(expected, kind === "added")}</td>
              <td>{versionOf(actual, kind === "removed")}</td>
              <td>
                {kind === "same" ? (
                  <span className="quiet">same</span>
                ) : (
                  <strong className="differs">
                    <Icon name="alert" /> {WORDS[kind] ?? kind}
                  </strong>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function versionOf(version: string | null, absent: boolean) {
  if (version !== null) return <Words text={version} />;
  return <span className="quiet">{absent ? "not there" : "not readable"}</span>;
}
