import type { Database, Statement } from 'better-sqlite3';

/**
 * Reads a query column by column. SQLite writes each column as one JSON text; handing over hundreds of thousands of
 * values one by one takes several times as long.
 */
export class Columns {
  readonly #statement: Statement<unknown[], string[]>;

  /**
   * @param columns SQL expressions; a value that is a BLOB reads as null.
   * @param from What follows FROM.
   */
  constructor(db: Database, columns: readonly string[], from: string) {
    const texts = columns.map(
      (column) =>
        `json_group_array(CASE typeof(${column}) WHEN 'blob' THEN NULL ELSE ${column} END)`,
    );
    this.#statement = db
      .prepare<unknown[], string[]>(`SELECT ${texts.join(', ')} FROM ${from}`)
      .raw();
  }

  /** One array per column, all equally long and in the same order. */
  read(...parameters: unknown[]): unknown[][] {
    const texts = this.#statement.get(...parameters) ?? [];
    return texts.map((text) => JSON.parse(text) as unknown[]);
  }
}
