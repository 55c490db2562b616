/** How many unchanged lines stand around a change. */
const CONTEXT_LINES = 3;

type Line = readonly [sign: ' ' | '-' | '+', text: string];

/** Stands after a last line that no line break ends. */
const NO_NEWLINE = '\n\\ No newline at end of file';

/**
 * The difference of two texts as a patch that `git apply` takes.
 * @param name The file's path in the patch, with `/`.
 * @param before Null where the file is new.
 * @param after Null where the file goes.
 * @returns Its lines. Those of a file with Windows' line ends keep their carriage return.
 */
export function unifiedDiff(name: string, before: string | null, after: string | null): string[] {
  const lines = compare(split(before), split(after));
  const head = [
    `--- ${before === null ? '/dev/null' : `a/${name}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${name}`}`,
  ];
  return [...head, ...hunks(lines)].flatMap((line) => line.split('\n'));
}

/** The lines of a text. The last one says so where no line break ends it, and then differs from one that is ended. */
function split(text: string | null): string[] {
  if (text === null || text === '') return [];
  return text.endsWith('\n')
    ? text.slice(0, -1).split('\n')
    : `${text}${NO_NEWLINE}`.split(/\n(?!\\ No newline at end of file$)/);
}

/** By the longest common subsequence: configs are small. */
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

/** The changes with the lines around them; each begins by saying where it stands and how many lines it has. */
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
 * @param passed How many lines stand before.
 * @param count How many there are; where there are none, the place is the line before.
 */
function range(passed: number, count: number): string {
  return `${count === 0 ? passed : passed + 1},${count}`;
}
