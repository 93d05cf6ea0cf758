import type { Database, Statement } from "better-sqlite3";

type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;

/** How a field of a record lies in its column. */
export interface Column {
  readonly name: string;
  readonly toSql: (value: unknown) => SqlValue;
  readonly fromSql: (value: SqlValue) => unknown;
}

/** Text or number, as it is. */
export function plain(name: string): Column {
  return { name, toSql: (value) => value as SqlValue, fromSql: (value) => value };
}

/** A boolean as 0 or 1. */
export function flag(name: string): Column {
  return { name, toSql: (value) => (value === true ? 1 : 0), fromSql: (value) => value === 1 };
}

/** A document as JSON text; null stays NULL. */
export function json(name: string): Column {
  return {
    name,
    toSql: (value) => (value === null ? null : JSON.stringify(value)),
    fromSql: (value) => (value === null ? null : JSON.parse(String(value))),
  };
}

/** Every field of a record and its column; the compiler holds the two together. */
export type Columns<T> = { readonly [K in keyof T]-?: Column };

/** Reads rows as records of the fields given. */
export function rowReader<T>(columns: Columns<T>): (row: SqlRow) => T {
  const fields = Object.entries(columns) as [string, Column][];
  return (row) =>
    Object.fromEntries(
      fields.map(([key, { name, fromSql }]) => [key, fromSql(row[name] ?? null)]),
    ) as T;
}

/** The values of a record in the order of its columns. */
export function rowWriter<T>(columns: Columns<T>): (record: T) => SqlValue[] {
  const fields = Object.entries(columns) as [keyof T, Column][];
  return (record) => fields.map(([key, { toSql }]) => toSql(record[key]));
}

/** INSERT of all columns of a record, with nothing else. */
export function insertSql<T>(table: string, columns: Columns<T>): string {
  const names = (Object.values(columns) as Column[]).map(({ name }) => `"${name}"`);
  return `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
}

/** A table with an `id` that SQLite gives: insert, read, and update of single fields. */
export class RecordTable<T extends { readonly id: number }> {
  readonly #db: Database;
  readonly #table: string;
  readonly #columns: Columns<Omit<T, "id">>;
  readonly #insert: Statement<SqlValue[]>;
  readonly #get: Statement<[number], SqlRow>;
  /** One statement a set of fields: there are few, and they come again and again. */
  readonly #updates = new Map<string, Statement<SqlValue[]>>();
  readonly #write: (record: Omit<T, "id">) => SqlValue[];
  readonly read: (row: SqlRow) => T;

  constructor(db: Database, table: string, columns: Columns<Omit<T, "id">>) {
    this.#db = db;
    this.#table = table;
    this.#columns = columns;
    this.#insert = db.prepare(insertSql(table, columns));
    this.#get = db.prepare(`SELECT * FROM ${table} WHERE id = ?`);
    this.#write = rowWriter(columns);
    this.read = rowReader({ id: plain("id"), ...columns } as unknown as Columns<T>);
  }

  get(id: number): T | null {
    return this.readOrNull(this.#get.get(id));
  }

  readOrNull(row: SqlRow | undefined): T | null {
    return row === undefined ? null : this.read(row);
  }

  /** @returns the id of the new row. */
  insert(record: Omit<T, "id">): number {
    return Number(this.#insert.run(...this.#write(record)).lastInsertRowid);
  }

  /** Changes the fields given; a field that is undefined stays. */
  update(id: number, patch: Partial<Omit<T, "id">>): void {
    const given = (Object.keys(this.#columns) as (keyof Omit<T, "id">)[]).filter(
      (key) => patch[key] !== undefined,
    );
    if (given.length === 0) return;
    const changed = this.#updateOf(given).run(
      ...given.map((key) => this.#columns[key].toSql(patch[key])),
      id,
    );
    if (changed.changes === 0) throw new Error(`${this.#table} has no row ${id} to update`);
  }

  #updateOf(given: readonly (keyof Omit<T, "id">)[]): Statement<SqlValue[]> {
    const key = given.join(" ");
    const known = this.#updates.get(key);
    if (known !== undefined) return known;
    const sets = given.map((field) => `"${this.#columns[field].name}" = ?`).join(", ");
    const statement = this.#db.prepare<SqlValue[]>(
      `UPDATE ${this.#table} SET ${sets} WHERE id = ?`,
    );
    this.#updates.set(key, statement);
    return statement;
  }
}
