import type { Database, Statement } from "better-sqlite3";
import type { RunFilter } from "../run/ports.ts";
import type { SqlRow } from "./record-table.ts";

/** SQLite reads a negative LIMIT as none. */
const NO_LIMIT = -1;
/** SQLite's own LIKE folds the letters of English alone: a name may have others. */
const HOLDS = "text_holds";

/**
 * What a filter asks of a run. The text is looked for over an index that holds all of its words, so that no document
 * of a run is read for it (`runs_by_words`).
 */
const CONDITIONS: Readonly<Record<Exclude<keyof RunFilter, "limit">, string>> = {
  hostId: "host_id = @hostId",
  state: "state = @state",
  profile: "profile = @profile",
  verdict: "verdict = @verdict",
  createdFromMs: "created_at >= @createdFromMs",
  createdToMs: "created_at <= @createdToMs",
  beforeId: "id < @beforeId",
  text: `id IN (
    SELECT r.id FROM runs r INDEXED BY runs_by_words JOIN hosts h ON h.id = r.host_id
    WHERE ${HOLDS}(h.name, @text) OR ${HOLDS}(h.serial, @text)
       OR ${HOLDS}(r.operator, @text) OR ${HOLDS}(r.ticket, @text))`,
};
const KEYS = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];

/** Runs by what they are, newest first. A statement is prepared once for each set of things that are asked. */
export function createRunSearch(db: Database): (filter: RunFilter) => SqlRow[] {
  db.function(HOLDS, { deterministic: true }, (value: unknown, part: unknown) =>
    typeof value === "string" && value.toLowerCase().includes(String(part)) ? 1 : 0,
  );
  const statements = new Map<string, Statement<[Record<string, unknown>], SqlRow>>();
  const statementFor = (asked: typeof KEYS) => {
    const key = asked.join(" ");
    const known = statements.get(key);
    if (known !== undefined) return known;
    const where = asked.map((one) => CONDITIONS[one]).join(" AND ");
    const statement = db.prepare<[Record<string, unknown>], SqlRow>(
      `SELECT * FROM runs ${where === "" ? "" : `WHERE ${where}`} ORDER BY id DESC LIMIT @limit`,
    );
    statements.set(key, statement);
    return statement;
  };
  return ({ limit = NO_LIMIT, ...filter }) => {
    const asked = KEYS.filter((key) => filter[key] !== undefined);
    const values = asked.map((key) => [key, filter[key]] as const);
    const text = filter.text === undefined ? {} : { text: filter.text.toLowerCase() };
    return statementFor(asked).all({ ...Object.fromEntries(values), ...text, limit });
  };
}
