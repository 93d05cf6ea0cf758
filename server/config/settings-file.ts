import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** vetting.yaml as it lies on the disk. */
export interface SettingsText {
  readonly text: string;
  /** SHA-256 of the text in hex. */
  readonly revision: string;
  /** False: the text is what the first change begins with. */
  readonly exists: boolean;
}

export type FileResult<T> =
  | { readonly ok: true; readonly value: T }
  /** A sentence that names the file, what is wrong with it, and what to do. */
  | { readonly ok: false; readonly detail: string };

/** It may hold the enrolment token. */
const NEW_FILE_MODE = 0o600;

/** Reads and writes vetting.yaml. A reader always finds the old text or the new one whole, whatever happens. */
export class SettingsFile {
  /** Where it lies, or will be made. */
  readonly path: string;
  readonly #template: string | null;

  /** @param template the file whose text the first change begins with; null: an empty text. */
  constructor(path: string, template: string | null) {
    this.path = path;
    this.#template = template;
  }

  read(): FileResult<SettingsText> {
    const own = textOf(this.path);
    if (!own.ok) return own;
    if (own.value !== null) return { ok: true, value: settingsText(own.value, true) };
    const template = this.#template === null ? null : textOf(this.#template);
    if (template !== null && !template.ok) return template;
    return { ok: true, value: settingsText(template?.value ?? "", false) };
  }

  /** Changes with every change of what `read` finds; cheap enough to ask each second. */
  stamp(): string {
    return [this.path, ...(this.#template === null ? [] : [this.#template])].map(stampOf).join();
  }

  /** Why it cannot be changed, or null. Asks the permission bits, so that root heeds them as well. */
  readOnly(): string | null {
    const path = this.#realPath();
    const file = statSync(path, { throwIfNoEntry: false });
    if (file !== undefined && !mayWrite(file)) {
      return `${path} is write-protected. Allow the user who runs Vetting to write it: chmod u+w ${path}`;
    }
    const folder = statSync(dirname(path), { throwIfNoEntry: false });
    if (folder !== undefined && !mayWrite(folder)) {
      return `${dirname(path)} is write-protected. A change is written beside the file first: chmod u+w ${dirname(path)}`;
    }
    return null;
  }

  /** Writes a temporary file beside it, brings it to the disk and puts it in its place, with the mode of the old one. */
  write(text: string): FileResult<SettingsText> {
    const protectedBecause = this.readOnly();
    if (protectedBecause !== null) return { ok: false, detail: protectedBecause };
    const path = this.#realPath();
    const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
    try {
      mkdirSync(dirname(path), { recursive: true });
      const old = statSync(path, { throwIfNoEntry: false });
      writeThrough(temporary, text);
      if (old !== undefined) keepOwner(temporary, old);
      renameSync(temporary, path);
      syncFolder(dirname(path));
    } catch (error) {
      discard(temporary);
      return { ok: false, detail: writeProblem(path, error) };
    }
    return { ok: true, value: settingsText(text, true) };
  }

  /** Behind a symbolic link, so that a change does not put a file in the link's place. */
  #realPath(): string {
    try {
      return realpathSync(this.path);
    } catch {
      return this.path;
    }
  }
}

export function revisionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function settingsText(text: string, exists: boolean): SettingsText {
  return { text, revision: revisionOf(text), exists };
}

/** Null: there is no such file. */
function textOf(path: string): FileResult<string | null> {
  try {
    return { ok: true, value: readFileSync(path, "utf8") };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return { ok: true, value: null };
    return { ok: false, detail: `${path} cannot be read (${code}).` };
  }
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return codeOf(error);
  }
}

function mayWrite({ mode, uid }: { mode: number; uid: number }): boolean {
  const me = process.getuid?.();
  // Windows has no such bits; writing tells.
  if (me === undefined) return true;
  if (me === 0 || me === uid) return (mode & (me === uid ? 0o200 : 0o222)) !== 0;
  return (mode & 0o022) !== 0;
}

function writeThrough(path: string, text: string): void {
  const file = openSync(path, "wx", NEW_FILE_MODE);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Where its folder cannot be used either, there is nothing to take away. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    codeOf(error);
  }
}

function keepOwner(path: string, { mode, uid, gid }: { mode: number; uid: number; gid: number }) {
  chmodSync(path, mode & 0o777);
  const now = statSync(path);
  if (now.uid === uid && now.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch {
    // Only root may give a file away; everybody else keeps what is then their own.
  }
}

/** The new name is on the disk only when its folder is; not every system can. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows opens no folders.
  }
}

function writeProblem(path: string, error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return `${path} could not be written: the disk is full. Nothing was changed.`;
  }
  if (["EACCES", "EPERM", "EROFS"].includes(code)) {
    return `${path} could not be written (${code}): make it and its folder writable for the user who runs Vetting. Nothing was changed.`;
  }
  return `${path} could not be written (${code}). Nothing was changed.`;
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return String(error.code);
  throw error;
}
