import { formatDuration } from "../../contract/wording/format.ts";
import { useNow } from "../clock.ts";
import { Icon } from "../design/icon.tsx";
import { useStore } from "../store/store.ts";

/** Said aloud while the server is unreachable; what is on the screen stays and is marked stale. */
export function ConnectionBanner() {
  const connection = useStore((state) => state.connection);
  const liveUntil = useStore((state) => state.liveUntil);
  if (connection !== "lost" && connection !== "refused") return null;
  return (
    <div className="banner bad" role="alert">
      <Icon name="plug" />
      {connection === "refused" ? (
        <span>
          The console was started anew and does not know this window. Open the address that it
          printed.
        </span>
      ) : (
        <span>
          The console does not answer. What you see is stale
          {liveUntil !== null && <Since ms={liveUntil} />}; it goes on by itself once the console is
          back. Runs go on without it.
        </span>
      )}
    </div>
  );
}

function Since({ ms }: { ms: number }) {
  return <> since {formatDuration((useNow() - ms) / 1000)}</>;
}
