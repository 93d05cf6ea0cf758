import { useEffect, useRef } from "react";
import type { Preflight } from "../../contract/start-api.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import { Busy } from "../design/busy.tsx";
import { Choice } from "../design/choice.tsx";
import type { ProfileView } from "../store/console-slice.ts";
import { estimateWords, WHAT_PROFILES_ARE_FOR, whatItDoes } from "./profile-words.ts";

/** A card a profile: what it is for, how long it takes on this host, and what it does. */
export function ProfileCards({
  profiles,
  chosen,
  nonDestructive,
  estimates,
  onChoose,
}: {
  profiles: readonly ProfileView[];
  chosen: string;
  nonDestructive: boolean;
  /** Null: not known yet. */
  estimates: Preflight["estimates"] | null;
  onChoose: (profile: string) => void;
}) {
  const cards = useRef<HTMLDivElement>(null);
  const none = profiles.length === 0;
  /** What the dialog gave the focus to while there were no cards. */
  const given = useRef<Element | null>(null);
  // Opened before they have come, the dialog gave the focus to what stands below them: what makes a run destructive.
  // It is taken from there, and from nowhere else: a person may be typing by then.
  useEffect(() => {
    const { activeElement } = document;
    if (none) given.current = activeElement;
    else if ([null, activeElement].includes(given.current) || activeElement === document.body)
      cards.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
  }, [none]);
  return (
    <fieldset>
      <legend>Profile</legend>
      {none && <Busy what="Fetching the profiles…" />}
      <div className="cards" ref={cards}>
        {profiles.map(({ name, params, expectedSeconds }) => {
          const estimate = estimates?.find(({ profile }) => profile === name);
          const words = estimate === undefined ? null : estimateWords(estimate);
          return (
            <Choice
              key={name}
              name="profile"
              checked={chosen === name}
              onPick={() => onChoose(name)}
            >
              <strong>{name}</strong>
              <span className="takes">
                {words?.time ?? `at least ${formatDuration(expectedSeconds)}`}
              </span>
              <span className="quiet">{words?.basis ?? " "}</span>
              <span>{WHAT_PROFILES_ARE_FOR[name] ?? "From vetting.yaml."}</span>
              <span className="quiet">{whatItDoes(params, nonDestructive).join("; ")}</span>
            </Choice>
          );
        })}
      </div>
    </fieldset>
  );
}
