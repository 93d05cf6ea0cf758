import { HREF, navigate } from "../route.ts";
import { focusSearch } from "./focus.ts";
import { useHelp } from "./help-state.ts";

export interface Shortcut {
  /** Pressed one after another, as `KeyboardEvent.key` names them. */
  readonly keys: readonly string[];
  readonly means: string;
  readonly where: "Everywhere" | "Hosts" | "Lists and tabs" | "Dialogs and messages";
  /** Left out for what the browser or an element does by itself: it is listed all the same. */
  readonly act?: () => void;
}

const go = (href: string) => () => navigate(href);

/** THE table of keys: the handler acts by it and the help sheet is drawn from it. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["/"], means: "Search this screen, or the hosts", where: "Everywhere", act: focusSearch },
  {
    keys: ["?"],
    means: "This help",
    where: "Everywhere",
    act: () => useHelp.getState().show(true),
  },
  { keys: ["g", "h"], means: "Go to the hosts", where: "Everywhere", act: go(HREF.hosts) },
  { keys: ["g", "r"], means: "Go to the runs", where: "Everywhere", act: go(HREF.runs) },
  { keys: ["g", "s"], means: "Go to the settings", where: "Everywhere", act: go(HREF.settings) },
  { keys: ["g", "c"], means: "Go to the checks", where: "Everywhere", act: go(HREF.checks) },
  { keys: ["Tab"], means: "To the next control; first of all past the bar", where: "Everywhere" },
  { keys: ["← → ↑ ↓"], means: "From tile to tile", where: "Hosts" },
  { keys: ["Home", "End"], means: "To the first or the last tile", where: "Hosts" },
  { keys: ["Enter"], means: "Open the run of the tile", where: "Hosts" },
  { keys: ["Scanner"], means: "A scanned label goes to its host, from any screen", where: "Hosts" },
  { keys: ["← →"], means: "From tab to tab; Enter shows it", where: "Lists and tabs" },
  {
    keys: ["Esc"],
    means: "Cancel a dialog, close a menu, clear a search",
    where: "Dialogs and messages",
  },
  {
    keys: ["F6"],
    means: "Into the messages in the corner, and Esc dismisses one",
    where: "Dialogs and messages",
  },
];

export type Match =
  | { readonly kind: "act"; readonly shortcut: Shortcut }
  /** A shortcut begins like this. */
  | { readonly kind: "wait"; readonly pressed: readonly string[] }
  | { readonly kind: "none" };

/** @param pressed what was pressed before `key` and waited. */
export function matchKeys(pressed: readonly string[], key: string): Match {
  const now = [...pressed, key];
  const alike = SHORTCUTS.filter(
    ({ keys, act }) => act !== undefined && now.every((one, index) => keys[index] === one),
  );
  const whole = alike.find(({ keys }) => keys.length === now.length);
  if (whole !== undefined) return { kind: "act", shortcut: whole };
  if (alike.length > 0) return { kind: "wait", pressed: now };
  // `g` then `/`: the second begins anew.
  return pressed.length > 0 ? matchKeys([], key) : { kind: "none" };
}
