import type { DoctorCheck } from "../../contract/console-api.ts";
import { CHECK_STATUS } from "../../contract/wording/check-status.ts";
import { Copyable } from "../design/copyable.tsx";
import { Icon } from "../design/icon.tsx";

const ORDER: readonly DoctorCheck["status"][] = ["fail", "warn", "ok"];

/** A row a check: what is in the way first, each with its exact mend. */
export function CheckList({ checks }: { checks: readonly DoctorCheck[] }) {
  const sorted = checks.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return (
    <ul className="checklist">
      {sorted.map(({ id, title, status, detail, mend }) => {
        const { word, icon, tone } = CHECK_STATUS[status];
        return (
          <li key={id} className={tone}>
            <span className={`badge ${tone}`}>
              <Icon name={icon} />
              {word}
            </span>
            <strong>{title}</strong>
            <span className="what">
              <span>{detail}</span>
              {mend !== null && <Copyable text={mend} label={`the mend for ${title}`} />}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
