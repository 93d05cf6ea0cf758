import { useState } from "react";
import type { SettingsResponse } from "../../contract/settings-api.ts";
import { dropEdit, editAt, setEdit, useDraft, withValue } from "./draft.ts";

/** A list of the file as one change: entries by their place, as they would stand there. */
export interface ListDraft {
  readonly items: readonly Record<string, unknown>[];
  readonly edited: boolean;
  /** True: the file has no such list, and the built-in one counts. */
  readonly builtIn: boolean;
  /** Changes with every entry that comes or goes, and with the file: fields are then made anew. */
  readonly round: string;
  set(index: number, path: readonly (string | number)[], value: unknown): void;
  add(item: Record<string, unknown>): void;
  remove(index: number): void;
  /** Takes the list out of the file. */
  reset(): void;
}

export function useList(settings: SettingsResponse, key: "thresholds" | "specs"): ListDraft {
  const path = ["vetting", key];
  const edit = useDraft((state) => editAt(state.edits, path));
  const saved = useDraft((state) => state.round);
  const [moves, setMoves] = useState(0);
  const written = settings.written?.[key];
  const listed = edit === undefined ? written : edit.value;
  const builtIn = !Array.isArray(listed);
  const items = (builtIn ? settings.effective[key] : listed) as Record<string, unknown>[];
  const put = (list: unknown) => setEdit(path, list);
  const moved = (list: unknown) => {
    put(list);
    setMoves(moves + 1);
  };
  return {
    items,
    edited: edit !== undefined,
    builtIn,
    round: `${saved} ${moves} ${settings.revision}`,
    set: (index, inner, value) => put(withValue(items, [index, ...inner], value)),
    add: (item) => moved([...items, item]),
    remove: (index) => moved(items.toSpliced(index, 1)),
    reset: () => {
      if (written === undefined || written === null) dropEdit(path);
      else put(undefined);
      setMoves(moves + 1);
    },
  };
}
