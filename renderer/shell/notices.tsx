import { Icon } from "../design/icon.tsx";
import { useStore } from "../store/store.ts";

const LOOKS = {
  info: { icon: "circle", tone: "active" },
  warn: { icon: "alert", tone: "gaps" },
  error: { icon: "cross", tone: "bad" },
} as const;

/** What the server wants said at once. */
export function Notices() {
  const notices = useStore((state) => state.notices);
  const dismiss = useStore((state) => state.dismissNotice);
  return (
    <div className="notices" role="status">
      {notices.map(({ id, level, text }) => (
        <p key={id}>
          <span className={LOOKS[level].tone}>
            <Icon name={LOOKS[level].icon} />
          </span>
          <span>{text}</span>
          <button type="button" aria-label="Dismiss this message" onClick={() => dismiss(id)}>
            Dismiss
          </button>
        </p>
      ))}
    </div>
  );
}
