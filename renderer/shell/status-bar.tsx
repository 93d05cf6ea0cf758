import { Icon } from "../design/icon.tsx";
import { HREF, type Route } from "../route.ts";
import { attentionOf } from "../store/hosts-slice.ts";
import { useStore } from "../store/store.ts";
import { LabState } from "./lab-state.tsx";
import { WindowMenu } from "./window-menu.tsx";

const CONNECTION = {
  connecting: { word: "Connecting", icon: "clock", tone: "waiting" },
  live: { word: "Live", icon: "check", tone: "good" },
  lost: { word: "Not connected", icon: "plug", tone: "bad" },
  refused: { word: "Not connected", icon: "plug", tone: "bad" },
} as const;

const SCREENS: readonly { href: string; title: string; pages: readonly Route["page"][] }[] = [
  { href: HREF.hosts, title: "Hosts", pages: ["hosts"] },
  { href: HREF.runs, title: "Runs", pages: ["runs", "run", "compare"] },
  { href: HREF.settings, title: "Settings", pages: ["settings"] },
  { href: HREF.checks, title: "Checks", pages: ["checks"] },
];

/** Always there: the way to every screen, what waits for somebody, how the lab stands, whether what is shown is live. */
export function StatusBar({ page }: { page: Route["page"] }) {
  const connection = useStore((state) => state.connection);
  const { word, icon, tone } = CONNECTION[connection];
  return (
    <header className="statusbar">
      <a href={HREF.hosts} className="home">
        Vetting
      </a>
      <nav aria-label="Screens">
        {SCREENS.map(({ href, title, pages }) => (
          <a key={href} href={href} {...(pages.includes(page) ? { "aria-current": "page" } : {})}>
            {title}
          </a>
        ))}
      </nav>
      <Counts />
      <span className="grow" />
      <span className={`badge live ${tone}`}>
        <Icon name={icon} />
        {word}
      </span>
      <WindowMenu />
      <LabState />
    </header>
  );
}

/** Of hosts: what waits for somebody, what is under way. */
function Counts() {
  const holding = useCount("holding");
  const silent = useCount("silent");
  const running = useCount("running");
  return (
    <span className="counts">
      {holding > 0 && (
        <span className="badge hold">
          <Icon name="hand" />
          {holding} holding
        </span>
      )}
      {silent > 0 && (
        <span className="badge bad">
          <Icon name="alert" />
          {silent} silent
        </span>
      )}
      {running > 0 && (
        <span className="badge active">
          <Icon name="play" />
          {running} running
        </span>
      )}
    </span>
  );
}

function useCount(attention: ReturnType<typeof attentionOf>): number {
  return useStore(({ hosts }) => {
    let count = 0;
    for (const host of hosts?.values() ?? []) if (attentionOf(host) === attention) count += 1;
    return count;
  });
}
