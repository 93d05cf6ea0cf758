import { create } from "zustand";
import type { KeyPath } from "../../contract/key-path.ts";

/** A change that is not saved yet. `value` left out: the key goes, and its default counts again. */
export interface DraftEdit {
  readonly path: KeyPath;
  readonly value?: unknown;
}

interface Draft {
  /** By the path as JSON; the last change of a place counts. */
  readonly edits: ReadonlyMap<string, DraftEdit>;
  /** The text of vetting.yaml as it is being typed, and what it was made from; null: untouched. */
  readonly text: { readonly now: string; readonly revision: string } | null;
  /** Counts up when the edits were saved or dropped: fields then show what is so. */
  readonly round: number;
}

/**
 * What was changed on the settings screen and is not saved. It outlives the screen, so that a look elsewhere loses
 * nothing; closing the window asks first.
 */
export const useDraft = create<Draft>()(() => ({ edits: new Map(), text: null, round: 0 }));

export function setEdit(path: KeyPath, value: unknown): void {
  useDraft.setState(({ edits }) => ({
    edits: new Map([...edits, [JSON.stringify(path), { path, value }]]),
  }));
}

/** Takes one change back. */
export function dropEdit(path: KeyPath): void {
  useDraft.setState(({ edits }) => {
    const left = new Map(edits);
    left.delete(JSON.stringify(path));
    return { edits: left };
  });
}

export function dropEdits(): void {
  useDraft.setState(({ round }) => ({ edits: new Map(), round: round + 1 }));
}

export function setText(text: Draft["text"]): void {
  useDraft.setState({ text });
}

/** The draft's change of a path, or undefined where nothing was changed. */
export function editAt(edits: Draft["edits"], path: KeyPath): DraftEdit | undefined {
  return edits.get(JSON.stringify(path));
}

/** What lies at a path of plain data; undefined where nothing does. */
export function valueAt(data: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<string | number, unknown>)[part]
        : undefined,
    data,
  );
}

/** The same data with another value at a path; `undefined` takes the key or the entry out. */
export function withValue(data: unknown, path: KeyPath, value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(data) && typeof part === "number") {
    if (rest.length === 0 && value === undefined) return data.toSpliced(part, 1);
    return data.toSpliced(part, 1, withValue(data[part], rest, value));
  }
  const inner = (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
  const changed = withValue(inner[part], rest, value);
  if (changed !== undefined) return { ...inner, [part]: changed };
  return Object.fromEntries(Object.entries(inner).filter(([key]) => key !== part));
}

function askBeforeClosing(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

useDraft.subscribe(({ edits, text }) => {
  if (edits.size > 0 || text !== null) window.addEventListener("beforeunload", askBeforeClosing);
  else window.removeEventListener("beforeunload", askBeforeClosing);
});
