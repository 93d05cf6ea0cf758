import { readFileSync } from "node:fs";

export interface Migration {
  /** 1, 2, 3 …: the `user_version` of a database that has it. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order. A file that was released is never changed: what has to change comes in the next one. */
const FILES = [
  "0001-initial.sql",
  "0002-boot-attempts.sql",
  "0003-held-host-access.sql",
  "0004-held-host-facts.sql",
  "0005-sample-rollups.sql",
  "0006-runs-by-filter.sql",
] as const;

/** Reads every migration from the files beside this module. */
export function loadMigrations(): Migration[] {
  return FILES.map((name, index) => ({
    version: index + 1,
    name,
    sql: readFileSync(new URL(`./migrations/${name}`, import.meta.url), "utf8"),
  }));
}
