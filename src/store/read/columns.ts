import type { Database, Statement } from 'better-sqlite3';

/**
 * Reads a query column by column. SQLite returns each column as one JSON text, because passing hundreds of thousands
 * of single values to JavaScript takes several times as long.
 */
export class Columns {
  readonly #plain: Statement<unknown[], string[]>;
  /** For a database with BLOBs where they do not belong. */
  readonly #checked: Statement<unknown[], string[]>;

  /**
   * @param columns SQL expressions. A value that is a BLOB is read as null.
   * @param from The SQL after FROM.
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

  /** Returns one array per column. All have the same length and order. */
  read(...parameters: unknown[]): unknown[][] {
    return this.#plainly(parameters) ?? parse(this.#checked.get(...parameters));
  }

  /**
   * Reads without checking types. Returns null if a value is a BLOB. Our own databases have none there, and checking
   * each value takes time. JSON cannot represent a BLOB, and SQLite copies one that looks like its binary JSON into
   * the text unchecked. Source: SQLite's documentation of JSONB, "Handling of malformed JSONB".
   */
  #plainly(parameters: readonly unknown[]): unknown[][] | null {
    try {
      const columns = parse(this.#plain.get(...parameters));
      return columns.every(({ length }) => length === columns[0]?.length) ? columns : null;
    } catch (error) {
      // For any other error, such as a lock, a second attempt would only wait again.
      if (error instanceof SyntaxError || (error as { code?: unknown }).code === 'SQLITE_ERROR')
        return null;
      throw error;
    }
  }
}

function parse(texts: readonly string[] = []): unknown[][] {
  return texts.map((text) => JSON.parse(text) as unknown[]);
}
