import type { Database } from 'better-sqlite3';

/**
 * The largest allowed value, in bytes. Values of jest-testmon are far smaller: the blocks of a record take kilobytes,
 * and the locations of blocks in a bundle of several megabytes take a few megabytes.
 */
const MAX_VALUE_BYTES = 1 << 26;

/**
 * The largest allowed column that is read as a whole, in bytes. As JSON it can be six times as large, and Node limits
 * a string to 512 MB.
 */
const MAX_COLUMN_BYTES = 1 << 26;

/** Tables that are read row by row. Their columns may contain any number of values. */
const READ_BY_ROW = new Set(['test', 'places', 'note', 'file_state']);

/**
 * Finds a value or a column that is larger than any that jest-testmon writes. Reading it could end the process. Only
 * lengths are read, not values.
 * @param db A database whose tables are known to be ours.
 * @returns What is too large, as a text for parentheses. Null if nothing is.
 */
export function findTooLargeValue(db: Database): string | null {
  // A small file cannot contain a large value. Its pages are counted, because the file can be smaller while a
  // write-ahead log is pending.
  const [pages, size] = ['page_count', 'page_size'].map((name) =>
    db.pragma(name, { simple: true }),
  );
  if (Number(pages) * Number(size) <= MAX_VALUE_BYTES) return null;
  const columns = db
    .prepare<[], { table: string; column: string; type: string }>(
      `SELECT m.name AS "table", c.name AS "column", c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all();
  for (const table of new Set(columns.map((column) => column.table))) {
    const own = columns.filter((column) => column.table === table);
    const sums = own.map(({ column, type }) =>
      type === 'BLOB' || READ_BY_ROW.has(table) ? '0' : `total(octet_length("${column}"))`,
    );
    const largest = own.map(({ column }) => `max(octet_length("${column}"))`);
    const found = db
      .prepare<[], number[]>(`SELECT ${[...largest, ...sums].join(', ')} FROM "${table}"`)
      .raw()
      .get();
    for (const [at, { column }] of own.entries()) {
      const value = found?.[at] ?? 0;
      const whole = found?.[own.length + at] ?? 0;
      if (value > MAX_VALUE_BYTES)
        return `"${table}.${column}" holds a value of ${megabytes(value)}`;
      if (whole > MAX_COLUMN_BYTES) return `"${table}.${column}" holds ${megabytes(whole)}`;
    }
  }
  return null;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / (1 << 20))} MB`;
}
