import { Popover } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

/** A button that explains itself when it is pressed: why something cannot be done now, and what to do instead. */
export function Hint({
  trigger,
  title,
  children,
}: {
  /** The button. */
  trigger: ReactElement<Record<string, unknown>>;
  title: string;
  children: ReactNode;
}) {
  return (
    <Popover.Root>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} collisionPadding={12} className="hintplace">
          <Popover.Popup className="hint">
            <Popover.Title className="hinttitle">{title}</Popover.Title>
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
