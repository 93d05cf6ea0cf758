import { isDeepStrictEqual } from "node:util";
import { type Alias, type Document, isAlias, isNode, parseDocument, visit } from "yaml";
import { type KeyPath, pathText } from "../../contract/key-path.ts";
import { inlineText } from "./yaml-render.ts";
import { type Step, splice } from "./yaml-splice.ts";

/** A value that shall stand at a path; left out: nothing shall stand there. */
export interface YamlEdit {
  readonly path: KeyPath;
  readonly value?: unknown;
}

export type YamlEditResult =
  | { readonly ok: true; readonly text: string }
  /** A sentence: which edit cannot be, and why. */
  | { readonly ok: false; readonly key: string; readonly detail: string };

/**
 * Changes single values of a YAML text, one edit after the other. All else stays as it is written: comments, layout,
 * line ends. A value that others borrow by an alias is first given to them as their own, so that they keep it.
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): YamlEditResult {
  let now = text;
  for (const edit of edits) {
    const result = editOnce(now, edit);
    if (!result.ok) return result;
    now = result.text;
  }
  return { ok: true, text: now };
}

function editOnce(text: string, edit: YamlEdit): YamlEditResult {
  const failed = (detail: string): YamlEditResult => ({
    ok: false,
    key: pathText(edit.path),
    detail,
  });
  const document = parse(text);
  if (document.errors.length > 0) return failed("the file is not valid YAML: mend its text first");
  const before = plain(document);
  const wanted = applied(before, edit.path, edit.value);
  if (!wanted.ok) return failed(wanted.detail);
  if (isDeepStrictEqual(before, wanted.value)) return { ok: true, text };
  const detached = detach(text, edit.path);
  const changed =
    spliced(detached, before, wanted.value) ?? rewritten(detached, edit, wanted.value);
  if (changed === null) return failed("this place cannot be changed by a form: edit the text");
  return { ok: true, text: changed };
}

/** Every step in the text; null when it does not come out as wanted. */
function spliced(text: string, before: unknown, wanted: unknown): string | null {
  let now = text;
  for (const step of difference(before, wanted, [])) {
    const next = splice(now, parse(now), step);
    if (next === null) return null;
    now = next;
  }
  return means(now, wanted) ? now : null;
}

/** For a layout that cannot be spliced: the whole document written anew, which keeps comments but not every space. */
function rewritten(text: string, { path, value }: YamlEdit, wanted: unknown): string | null {
  const document = parse(text);
  if (value === undefined) document.deleteIn(path);
  else {
    // A section without a value is in the way of one.
    const empty = path.findIndex(
      (_, length) => length > 0 && document.getIn(path.slice(0, length)) === null,
    );
    if (empty > 0) document.deleteIn(path.slice(0, empty));
    document.setIn(path, document.createNode(value));
  }
  const anew = document.toString({ lineWidth: 0 });
  const changed = text.includes("\r\n") ? anew.replaceAll("\n", "\r\n") : anew;
  return means(changed, wanted) ? changed : null;
}

function means(text: string, wanted: unknown): boolean {
  const document = parse(text);
  return document.errors.length === 0 && isDeepStrictEqual(plain(document), wanted);
}

function parse(text: string): Document {
  return parseDocument(text, { schema: "core" });
}

/** The values alone, nothing shared between two places. */
export function plain(document: Document): unknown {
  return JSON.parse(JSON.stringify(document.toJS() ?? null));
}

type Applied =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly detail: string };

/** The value with the edit made; places on the way that do not exist yet are made. */
function applied(target: unknown, path: KeyPath, value: unknown): Applied {
  const [key, ...rest] = path;
  if (key === undefined) return { ok: true, value: value ?? null };
  const container = target ?? (typeof key === "number" ? [] : {});
  if (typeof container !== "object" || Array.isArray(container) !== (typeof key === "number")) {
    const what = typeof key === "number" ? "a list" : "a mapping";
    return {
      ok: false,
      detail: `${JSON.stringify(key)} lies in no ${what.slice(2)}; expected ${what}`,
    };
  }
  if (Array.isArray(container) && typeof key === "number" && key > container.length) {
    return { ok: false, detail: `there is no entry ${key}; the list has ${container.length}` };
  }
  const gone = value === undefined;
  const has = Object.hasOwn(container, key);
  if (gone && !has) return { ok: true, value: target };
  const inner = has ? (container as Record<string | number, unknown>)[key] : undefined;
  if (rest.length > 0) {
    const deeper = applied(inner ?? null, rest, value);
    return deeper.ok ? { ok: true, value: withEntry(container, key, deeper.value) } : deeper;
  }
  return {
    ok: true,
    value: gone ? withoutEntry(container, key) : withEntry(container, key, value),
  };
}

function withEntry(container: object, key: string | number, value: unknown): unknown {
  const own = JSON.parse(JSON.stringify(value ?? null));
  if (Array.isArray(container)) return container.toSpliced(Number(key), 1, own);
  return { ...container, [key]: own };
}

function withoutEntry(container: object, key: string | number): unknown {
  if (Array.isArray(container)) return container.toSpliced(Number(key), 1);
  return Object.fromEntries(Object.entries(container).filter(([name]) => name !== String(key)));
}

/** The steps from one value to the other, each as small as can be, in order. */
function difference(before: unknown, after: unknown, path: KeyPath): Step[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listDifference(before, after, path);
  if (isMapping(before) && isMapping(after)) {
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
    return [
      ...Object.entries(after).flatMap(([key, value]): Step[] =>
        Object.hasOwn(before, key)
          ? difference(before[key], value, [...path, key])
          : [{ kind: "insert", path: [...path, key], value }],
      ),
      ...gone.map((key): Step => ({ kind: "remove", path: [...path, key] })),
    ];
  }
  return [{ kind: "set", path, value: after }];
}

function listDifference(before: unknown[], after: unknown[], path: KeyPath): Step[] {
  const steps: Step[] = [];
  const left = [...before];
  for (const [index, value] of after.entries()) {
    const at = [...path, index];
    while (left.length > after.length - index && !isDeepStrictEqual(left[0], value)) {
      left.shift();
      steps.push({ kind: "remove", path: at });
    }
    if (
      left.length === 0 ||
      (left.length < after.length - index && !isDeepStrictEqual(left[0], value))
    ) {
      steps.push({ kind: "insert", path: at, value });
    } else {
      steps.push(...difference(left.shift(), value, at));
    }
  }
  return [...steps, ...left.map((): Step => ({ kind: "remove", path: [...path, after.length] }))];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Aliases on the way to the path become values of their own, and so do those that borrow what is changed. */
function detach(text: string, path: KeyPath): string {
  let now = text;
  for (;;) {
    const document = parse(now);
    const alias = entangled(document, path);
    if (alias?.range == null) return now;
    const own = JSON.parse(JSON.stringify(alias.resolve(document)?.toJS(document) ?? null));
    now = now.slice(0, alias.range[0]) + inlineText(own) + now.slice(alias.range[1]);
  }
}

function entangled(document: Document, path: KeyPath): Alias | null {
  const anchors = new Set<string>();
  let node: unknown = document.contents;
  for (const [index, part] of [...path, null].entries()) {
    if (isAlias(node)) return node;
    if (!isNode(node)) break;
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.add(anchor);
    if (index === path.length) {
      visit(document, {
        Node: (_, inner, ancestors) => {
          const name = (inner as { anchor?: string }).anchor;
          if (name !== undefined && ancestors.includes(node as never)) anchors.add(name);
        },
      });
    } else node = document.getIn([...path.slice(0, index), part], true);
  }
  let found: Alias | null = null;
  visit(document, {
    Alias: (_, alias) => {
      if (!anchors.has(alias.source)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}
