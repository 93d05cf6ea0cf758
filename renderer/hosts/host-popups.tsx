import { Menu } from "@base-ui/react/menu";
import type { HostSummary } from "../../contract/console-api.ts";
import { QuickCommand } from "../design/copyable.tsx";
import { HintAt } from "../design/hint.tsx";
import { HREF } from "../route.ts";
import type { Asked } from "./asked.ts";

interface Props {
  asked: Asked;
  host: HostSummary;
  labUrl: string | null;
  onClose: () => void;
  onStart: (hostId: number) => void;
  onEdit: (hostId: number) => void;
}

/** The menu of a host, or why it cannot start now, at the button that was pressed. */
export function HostPopup(props: Props) {
  return props.asked.what === "menu" ? <HostMenu {...props} /> : <OfflineHint {...props} />;
}

function HostMenu({ asked, host, onClose, onEdit }: Props) {
  return (
    <Menu.Root open modal={false} onOpenChange={(open) => open || onClose()}>
      <Menu.Portal>
        <Menu.Positioner
          className="hintplace"
          anchor={asked.button}
          align="end"
          sideOffset={4}
          collisionPadding={8}
        >
          <Menu.Popup
            className="menu"
            aria-label={`More for ${host.name}`}
            finalFocus={() => asked.button}
          >
            {host.run !== null && (
              <Menu.LinkItem className="menuitem" href={HREF.run(host.run.id)} closeOnClick>
                Open run {host.run.id}
              </Menu.LinkItem>
            )}
            <Menu.LinkItem className="menuitem" href={HREF.runsOf(host.id)} closeOnClick>
              All runs of {host.name}
            </Menu.LinkItem>
            <Menu.Separator render={<hr />} />
            <Menu.Item className="menuitem" onClick={() => onEdit(host.id)}>
              Name, spec and notes…
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function OfflineHint({ asked, host, labUrl, onClose, onStart }: Props) {
  return (
    <HintAt anchor={asked.button} title={`${host.name} is offline`} onClose={onClose}>
      <p>
        No reporter answers from it, so nothing can tell it to boot into the live image. If its
        system runs, install or start the reporter there:
      </p>
      <QuickCommand labUrl={labUrl} />
      <p>Without a system, or if it is switched off:</p>
      <div className="row">
        <button
          type="button"
          className="primary"
          onClick={() => {
            onClose();
            onStart(host.id);
          }}
        >
          Wake or power on by hand…
        </button>
      </div>
    </HintAt>
  );
}
