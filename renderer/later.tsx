import { type ComponentType, lazy, Suspense, useState } from "react";
import { Busy } from "./design/busy.tsx";

const parts: (() => Promise<unknown>)[] = [];

/**
 * A part of the page that the first screen does not need: its code is fetched when it is shown, or before that by
 * `loadTheRest`.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  const loadOnce = async () => {
    loaded ??= await load();
    return loaded;
  };
  parts.push(loadOnce);
  const Waiting = lazy(async () => ({ default: await loadOnce() }));
  // One that is there is drawn at once, with no moment of waiting.
  const part = () => loaded ?? Waiting;
  return (props) => <Later part={part} of={props} />;
}

function Later<Props extends object>({
  part,
  of,
}: {
  part: () => ComponentType<Props>;
  of: Props;
}) {
  // Held: another type would begin anew.
  const [Part] = useState(part);
  return (
    <Suspense fallback={<Busy what="Opening…" />}>
      <Part {...of} />
    </Suspense>
  );
}

/**
 * Fetches every part, one after the other: from then on each screen opens at once, and also while the console is
 * away. One that fails is fetched again when it is shown, and says then what is wrong.
 */
export async function loadTheRest(): Promise<void> {
  for (const load of parts) await load().catch(() => undefined);
}
