import { memo } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { formatQuantity, limitText, standing } from "../../contract/wording/format.ts";
import { Icon } from "../design/icon.tsx";

const ORDER = { beyond: 0, within: 1, unlimited: 2 } as const;
const LOOKS = {
  beyond: { word: "Beyond limit", icon: "cross", tone: "bad" },
  within: { word: "Within", icon: "check", tone: "good" },
  unlimited: { word: "No limit", icon: "circle", tone: "quiet" },
} as const;

/** Every measurement, those beyond a limit first. */
export const Measurements = memo(function Measurements({ run }: { run: RunDetail }) {
  const rows = run.stages
    .flatMap(({ id, stage, attempt, measurements }) =>
      measurements.map((measured) => ({
        ...measured,
        key: `${id} ${measured.name} ${measured.item ?? ""}`,
        stage: attempt > 1 ? `${stage} (${attempt})` : stage,
      })),
    )
    .sort((a, b) => ORDER[standing(a)] - ORDER[standing(b)]);
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>Measurements</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Measurement</th>
            <th scope="col">Item</th>
            <th scope="col" className="num">
              Value
            </th>
            <th scope="col" className="num">
              Limit
            </th>
            <th scope="col">Standing</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { word, icon, tone } = LOOKS[standing(row)];
            return (
              <tr key={row.key}>
                <td>{row.stage}</td>
                <td>{row.name}</td>
                <td>{row.item ?? ""}</td>
                <td className="num">{formatQuantity(row.value, row.unit)}</td>
                <td className="num">{limitText(row)}</td>
                <td>
                  <span className={`badge ${tone}`}>
                    <Icon name={icon} />
                    {word}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
});
