export type DatabaseUnusableKind =
  | "read-only"
  | "permission"
  | "missing-directory"
  | "corrupt"
  | "newer"
  | "foreign"
  | "locked"
  | "disk-full";

/** The database cannot be opened. `message` is the sentence for stderr: what is wrong, where, and the mend. */
export class DatabaseUnusable extends Error {
  readonly kind: DatabaseUnusableKind;

  constructor(kind: DatabaseUnusableKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "DatabaseUnusable";
    this.kind = kind;
  }
}
