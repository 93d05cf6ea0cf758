/**
 * What SQLite and Node say when there is no room: SQLITE_FULL from a write; the extended I/O errors where
 * growing the WAL's index or syncing is what fails; ENOSPC and EDQUOT from the file system itself.
 */
const DISK_FULL_CODES: ReadonlySet<unknown> = new Set([
  "SQLITE_FULL",
  "SQLITE_IOERR_SHMSIZE",
  "ENOSPC",
  "EDQUOT",
]);

/** Whether an error means that the disk is full. The transaction it ended has stored nothing. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && DISK_FULL_CODES.has(error.code)) return true;
  return error.cause !== undefined && isDiskFull(error.cause);
}
