import * as fs from 'node:fs';

/** Names the file that takes the results of a bench, one JSON text a line. Set by `bench/index.ts`. */
export const RESULTS_VARIABLE = 'TESTMON_BENCH_RESULTS';

/** One result of a bench. */
export interface Result {
  /** What it shows; unique in one bench. */
  name: string;
  value: unknown;
}

/** Adds a result to what `npm run bench -- <name> --json <file>` writes. Without `--json` it does nothing. */
export function addResult(name: string, value: unknown): void {
  const file = process.env[RESULTS_VARIABLE];
  if (file === undefined || file === '') return;
  const result: Result = { name, value };
  fs.appendFileSync(file, `${JSON.stringify(result)}\n`);
}

/**
 * Prints a table and adds it to the results.
 * @param rows By the name of the row, or in order.
 */
export function printTable(name: string, rows: object): void {
  console.table(rows);
  addResult(name, rows);
}

/** Reads what a bench added. */
export function readResults(file: string): Result[] {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
}
