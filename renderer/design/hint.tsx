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
      <HintSheet title={title}>{children}</HintSheet>
    </Popover.Root>
  );
}

/** The same for one of many buttons, which are too many to have a hint each: open as long as it is mounted. */
export function HintAt({
  anchor,
  title,
  onClose,
  children,
}: {
  /** The button that was pressed; it gets the focus back. */
  anchor: HTMLElement;
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Popover.Root open onOpenChange={(open) => open || onClose()}>
      <HintSheet title={title} anchor={anchor}>
        {children}
      </HintSheet>
    </Popover.Root>
  );
}

function HintSheet({
  title,
  anchor,
  children,
}: {
  title: string;
  anchor?: HTMLElement;
  children: ReactNode;
}) {
  return (
    <Popover.Portal>
      <Popover.Positioner
        sideOffset={6}
        collisionPadding={12}
        className="hintplace"
        {...(anchor === undefined ? {} : { anchor })}
      >
        <Popover.Popup
          className="hint"
          {...(anchor === undefined ? {} : { finalFocus: () => anchor })}
        >
          <Popover.Title className="hinttitle">{title}</Popover.Title>
          {children}
        </Popover.Popup>
      </Popover.Positioner>
    </Popover.Portal>
  );
}
