import { ICON_PATHS, type IconName } from "../../contract/wording/icons.ts";
import type { Status } from "../../contract/wording/status-table.ts";

/** Decoration beside a word that says the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICON_PATHS[name]} />
    </svg>
  );
}

/** Icon and word in their tone. */
export function StatusBadge({ status }: { status: Status }) {
  return (
    <span className={`badge ${status.tone}`} title={status.means}>
      <Icon name={status.icon} />
      {status.word}
    </span>
  );
}
