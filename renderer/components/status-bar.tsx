import { useStore } from "../store/store.ts";
import { Icon } from "./icon.tsx";

const CONNECTION = {
  connecting: { word: "Connecting", icon: "clock", tone: "waiting" },
  live: { word: "Live", icon: "check", tone: "good" },
  lost: { word: "Not connected", icon: "plug", tone: "bad" },
  refused: { word: "Not connected", icon: "plug", tone: "bad" },
} as const;

/** Always there: the way home, the lab address, and whether what is shown is live. */
export function StatusBar() {
  const connection = useStore((state) => state.connection);
  const doctor = useStore((state) => state.doctor);
  const { word, icon, tone } = CONNECTION[connection];
  return (
    <header className="statusbar">
      <a href="#/" className="home">
        Vetting
      </a>
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
