/** The number of unchanged lines around a change. */
const CONTEXT_LINES = 3;

type Line = readonly [sign: ' ' | '-' | '+', text: string];

/** Git's mark after a last line without a line break. */
const NO_NEWLINE = '\n\\ No newline at end of file';

/**
 * Formats the difference of two texts as a patch that `git apply` accepts.
 * @param name The path of the file in the patch, with `/`.
 * @param before Null if the file is new.
 * @param after Null if the file is removed.
 * @returns Its lines. The lines of a file with CRLF line ends keep their carriage return.
 */
export function unifiedDiff(name: string, before: string | null, after: string | null): string[] {
  const lines = compare(split(before), split(after));
  const head = [
    `--- ${before === null ? '/dev/null' : `a/${name}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${name}`}`,
  ];
  return [...head, ...hunks(lines)].flatMap((line) => line.split('\n'));
}

/**
 * Splits a text into lines. A last line without a line break carries git's mark, so it differs from the same line
 * with one.
 */
function split(text: string | null): string[] {
  if (text === null || text === '') return [];
  return text.endsWith('\n')
    ? text.slice(0, -1).split('\n')
    : `${text}${NO_NEWLINE}`.split(/\n(?!\\ No newline at end of file$)/);
}

/** Compares by the longest common subsequence. The quadratic time is acceptable, because configs are small. */
function compare(a: readonly string[], b: readonly string[]): Line[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? new Uint32Array();
    for (let j = b.length - 1; j >= 0; j -= 1)
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([' ', a[i] ?? '']);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(['-', a[i] ?? '']);
      i += 1;
    } else {
      lines.push(['+', b[j] ?? '']);
      j += 1;
    }
  }
  return lines;
}

/** Groups the changes into hunks, each with its context lines and its header. */
function hunks(lines: readonly Line[]): string[] {
  const isNear = lines.map((_, index) =>
    lines
      .slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)
      .some(([sign]) => sign !== ' '),
  );
  const shown: string[] = [];
  let before = 0;
  let after = 0;
  for (let index = 0; index < lines.length;) {
    let end = index;
    while (isNear[end] === true) end += 1;
    const hunk = lines.slice(index, Math.max(end, index + 1));
    const removed = hunk.filter(([sign]) => sign !== '+').length;
    const added = hunk.filter(([sign]) => sign !== '-').length;
    if (end > index) {
      shown.push(`@@ -${range(before, removed)} +${range(after, added)} @@`);
      shown.push(...hunk.map(([sign, text]) => sign + text));
    }
    before += removed;
    after += added;
    index += hunk.length;
  }
  return shown;
}

/**
 * Formats a range of a hunk header.
 * @param passed The number of lines before the hunk.
 * @param count The number of lines in the hunk. For an empty range, the header names the line before it.
 */
function range(passed: number, count: number): string {
  return `${count === 0 ? passed : passed + 1},${count}`;
}
