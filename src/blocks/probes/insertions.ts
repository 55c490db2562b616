import { lastAtMost } from '../syntax/lines';

/** A text that goes before the character at an offset. */
export interface Insertion {
  at: number;
  text: string;
}

/**
 * Puts texts into a text.
 * @param insertions By ascending offset.
 */
export function insertAll(code: string, insertions: readonly Insertion[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { at, text } of insertions) {
    parts.push(code.slice(from, at), text);
    from = at;
  }
  parts.push(code.slice(from));
  return parts.join('');
}

/** How far the columns of one line move: from `columns[i]` on by `lengths[i]` in all. */
interface LineShift {
  columns: number[];
  lengths: number[];
}

/** Which columns move how far when insertions are made. Lines stay where they are. */
export class Shifts {
  readonly #lines = new Map<number, LineShift>();

  /**
   * @param starts Where the lines of the text start, before the insertions.
   * @param insertions By ascending offset, without line breaks.
   */
  constructor(starts: readonly number[], insertions: readonly Insertion[]) {
    let line = 0;
    for (const { at, text } of insertions) {
      while ((starts[line + 1] ?? Infinity) <= at) line += 1;
      this.#add(line, at - (starts[line] ?? 0), text.length);
    }
  }

  #add(line: number, column: number, length: number): void {
    let shift = this.#lines.get(line);
    if (shift === undefined) this.#lines.set(line, (shift = { columns: [], lengths: [] }));
    const before = shift.lengths.at(-1) ?? 0;
    shift.columns.push(column);
    shift.lengths.push(before + length);
  }

  /** Whether anything on a line moves. Lines count from zero. */
  touches(line: number): boolean {
    return this.#lines.has(line);
  }

  /** Where a column ends up. */
  column(line: number, column: number): number {
    const shift = this.#lines.get(line);
    if (shift === undefined) return column;
    return column + (shift.lengths[lastAtMost(shift.columns, column)] ?? 0);
  }
}
