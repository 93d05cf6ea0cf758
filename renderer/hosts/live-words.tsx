import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import { useNowText } from "../clock.ts";
import { Icon } from "../design/icon.tsx";
import { seriesStore } from "../store/series-store.ts";
import { leftSeconds, seenText } from "./host-status.ts";

const MINUTE_S = 60;

/** When the host was last heard: its reporter, its agent, or the samples that come this moment. */
export function LastSeen({ host }: { host: HostSummary }) {
  const text = useNowText((nowMs) => {
    const told = host.lastSeen === null ? null : Date.parse(host.lastSeen);
    const samples = host.run === null ? null : seriesStore.heardMs(host.run.id);
    const seen = told === null && samples === null ? null : Math.max(told ?? 0, samples ?? 0);
    return seenText(seen, nowMs);
  });
  return <span className="quiet seen">{text}</span>;
}

/** `12 min left`; the last minute counts in seconds. */
export function TimeLeft({ run }: { run: RunSummary }) {
  const text = useNowText((nowMs) => {
    const left = leftSeconds(run, nowMs);
    if (left === null) return "";
    if (left < MINUTE_S) return `${formatDuration(left)} left`;
    return `${formatDuration(Math.ceil(left / MINUTE_S) * MINUTE_S).replace(" min 00", " min")} left`;
  });
  return text === "" ? null : <> · {text}</>;
}

export function SilentSince({ iso }: { iso: string }) {
  const text = useNowText((nowMs) => formatDuration((nowMs - Date.parse(iso)) / 1000));
  return (
    <p className="bad silent">
      <Icon name="alert" />
      Silent since {text}
    </p>
  );
}
