import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly title: string;
  /** Beside the title: how many there are, or that something in it is wrong. */
  readonly mark?: ReactNode;
  readonly content: ReactNode;
}

/** Sheets of one screen, one shown. Arrow keys go from tab to tab; only the shown sheet is in the page. */
export function Tabs<Id extends string>({
  label,
  tabs,
  shown,
  onShow,
}: {
  /** What the tabs are parts of, for a screen reader. */
  label: string;
  tabs: readonly Tab<Id>[];
  shown: Id;
  onShow: (id: Id) => void;
}) {
  return (
    <Base.Root value={shown} onValueChange={(value: Id) => onShow(value)}>
      <Base.List className="tabs" aria-label={label} activateOnFocus={false}>
        {tabs.map(({ id, title, mark }) => (
          <Base.Tab key={id} value={id} className="tab">
            {title}
            {mark !== undefined && <span className="mark">{mark}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map(({ id, content }) => (
        <Base.Panel key={id} value={id} className="tabpanel">
          {content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
