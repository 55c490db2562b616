import type { Database } from 'better-sqlite3';

/**
 * Bytes of one value. What jest-testmon writes stays far below: the blocks of a record take kilobytes, the places in a
 * bundle of some megabytes take a few.
 */
const MAX_VALUE_BYTES = 1 << 26;

/** Bytes of one column that is read as a whole. As JSON it takes up to six times as much; Node has no text over 512 MB. */
const MAX_COLUMN_BYTES = 1 << 26;

/** Read row by row, where it is needed: these columns may hold any number of values. */
const READ_BY_ROW = new Set(['test', 'places', 'note', 'file_state']);

/**
 * Looks for a value that is larger than any that jest-testmon writes, or for a column that is: to read it could end the
 * process. Lengths are read without the values.
 * @param db Its tables are known to be ours.
 * @returns What is too large, as it may stand in parentheses; null where nothing is.
 */
export function findTooLargeValue(db: Database): string | null {
  // A small file has no room for one. It may be larger than its size says where a log is still to be written into it.
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
