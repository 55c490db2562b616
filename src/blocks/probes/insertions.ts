import { lastAtMost } from '../syntax/lines';

/** A text to insert before the character at an offset. */
export interface Insertion {
  at: number;
  text: string;
}

/**
 * Inserts texts into a text.
 * @param insertions In ascending order of their offsets.
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

/** How far the columns of one line move. From `columns[i]` on, a column moves by `lengths[i]` in total. */
interface LineShift {
  columns: number[];
  lengths: number[];
}

/** Knows how far insertions move each column. Lines do not move. */
export class Shifts {
  readonly #lines = new Map<number, LineShift>();

  /**
   * @param starts The offsets at which the lines start, before the insertions.
   * @param insertions In ascending order of their offsets, without line breaks.
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

  /** The column after the insertions. */
  column(line: number, column: number): number {
    const shift = this.#lines.get(line);
    if (shift === undefined) return column;
    return column + (shift.lengths[lastAtMost(shift.columns, column)] ?? 0);
  }
}
