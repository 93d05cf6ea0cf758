import { Icon } from "../design/icon.tsx";
import { HREF, type Route } from "../route.ts";
import { useStore } from "../store/store.ts";

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
];

/** Always there: the way to every screen, the lab address, and whether what is shown is live. */
export function StatusBar({ page }: { page: Route["page"] }) {
  const connection = useStore((state) => state.connection);
  const doctor = useStore((state) => state.doctor);
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
      <span className="grow" />
      {doctor !== null && (
        <span className="quiet">
          Lab <strong>{doctor.labUrl ?? "no address"}</strong>
        </span>
      )}
      <span className={`badge ${tone}`}>
        <Icon name={icon} />
        {word}
      </span>
    </header>
  );
}
