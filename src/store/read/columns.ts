import type { Database, Statement } from 'better-sqlite3';

/**
 * Reads a query column by column. SQLite writes each column as one JSON text; handing over hundreds of thousands of
 * values one by one takes several times as long.
 */
export class Columns {
  readonly #plain: Statement<unknown[], string[]>;
  /** Of a database that someone else made. */
  readonly #checked: Statement<unknown[], string[]>;

  /**
   * @param columns SQL expressions; a value that is a BLOB reads as null.
   * @param from What follows FROM.
   */
  constructor(db: Database, columns: readonly string[], from: string) {
    const prepare = (values: readonly string[]) => {
      const texts = values.map((value) => `json_group_array(${value})`);
      return db.prepare<unknown[], string[]>(`SELECT ${texts.join(', ')} FROM ${from}`).raw();
    };
    this.#plain = prepare(columns);
    this.#checked = prepare(
      columns.map((column) => `CASE typeof(${column}) WHEN 'blob' THEN NULL ELSE ${column} END`),
    );
  }

  /** One array per column, all equally long and in the same order. */
  read(...parameters: unknown[]): unknown[][] {
    return this.#plainly(parameters) ?? parse(this.#checked.get(...parameters));
  }

  /**
   * Null where a value is a BLOB, of which there is none in a database of ours; to look at each takes its time. JSON
   * cannot hold one, and one that begins as SQLite's own binary form of JSON is written into the text unchecked.
   * Source: SQLite's documentation of JSONB, "Handling of malformed JSONB".
   */
  #plainly(parameters: readonly unknown[]): unknown[][] | null {
    try {
      const columns = parse(this.#plain.get(...parameters));
      return columns.every(({ length }) => length === columns[0]?.length) ? columns : null;
    } catch (error) {
      // Anything else, a lock say, a second try would only wait for again.
      if (error instanceof SyntaxError || (error as { code?: unknown }).code === 'SQLITE_ERROR')
        return null;
      throw error;
    }
  }
}

function parse(texts: readonly string[] = []): unknown[][] {
  return texts.map((text) => JSON.parse(text) as unknown[]);
}
