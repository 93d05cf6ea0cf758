import { Fragment, useState } from "react";
import { Dialog } from "../design/dialog.tsx";
import { useHelp } from "./help-state.ts";
import { type NotificationsState, platform } from "./platform.ts";
import { SHORTCUTS } from "./shortcuts.ts";

/** Every key there is, from the table that acts on them; and where leave to notify is asked for. */
export function HelpSheet() {
  const { open, show } = useHelp();
  if (!open) return null;
  const places = [...new Set(SHORTCUTS.map(({ where }) => where))];
  return (
    <Dialog title="Keyboard and scanner" onClose={() => show(false)}>
      <div className="help">
        {places.map((place) => (
          <section key={place}>
            <h3>{place}</h3>
            <dl>
              {SHORTCUTS.filter(({ where }) => where === place).map(({ keys, means }) => (
                <Fragment key={means}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{means}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Notifications</h3>
          <Notifications />
        </section>
      </div>
      <div className="actions">
        <button type="button" className="primary" onClick={() => show(false)}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

const WORDS: Readonly<Record<NotificationsState, string>> = {
  on: "The system notifies you when a run holds, fails or ends.",
  off: "The system can notify you when a run holds, fails or ends, also while this window is behind others.",
  refused:
    "This browser was told to refuse notifications; its settings for this page allow them again.",
  unavailable: "This browser has no notifications for this page. The desktop app has them.",
};

function Notifications() {
  const [state, setState] = useState(() => platform().notificationsState());
  return (
    <div className="row">
      <span>{WORDS[state]}</span>
      {state === "off" && (
        <button type="button" onClick={() => void platform().askForNotifications().then(setState)}>
          Allow notifications…
        </button>
      )}
    </div>
  );
}
