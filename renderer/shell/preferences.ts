import { z } from "zod";
import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "vetting.preferences";

/** A value that an older or newer page left behind, or that somebody damaged, is the default again. */
const preferencesSchema = z.object({
  theme: z.enum(THEMES).catch("system"),
  sounds: z.boolean().catch(false),
  hostsView: z.enum(["tiles", "list"]).catch("tiles"),
  /** Who started the last run here: the next one is likely theirs. */
  operator: z.string().max(128).catch(""),
});
export type Preferences = z.infer<typeof preferencesSchema>;

const DEFAULTS = preferencesSchema.parse({});

/** What this window remembers between its visits. It says nothing about hosts or runs: that is the server's. */
export const usePreferences = create<Preferences>()(
  persist(() => DEFAULTS, {
    name: KEY,
    storage: createJSONStorage(() => localStorage),
    merge: (stored) => readPreferences(stored),
  }),
);

/** @param stored as it was found, of whatever shape. */
export function readPreferences(stored: unknown): Preferences {
  return preferencesSchema.parse(typeof stored === "object" && stored !== null ? stored : {});
}

export function setPreference<Key extends keyof Preferences>(
  key: Key,
  value: Preferences[Key],
): void {
  usePreferences.setState({ [key]: value } as Pick<Preferences, Key>);
}
