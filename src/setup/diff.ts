/** How many unchanged lines stand around a change. */
const CONTEXT = 3;

type Line = readonly [sign: ' ' | '-' | '+', text: string];

/**
 * The difference of two texts in the unified form that people know from git.
 * @param name What the file is called in the head.
 * @param before Null where the file is new.
 * @param after Null where the file goes.
 */
export function unifiedDiff(name: string, before: string | null, after: string | null): string[] {
  const lines = compare(split(before), split(after));
  const head = [
    `--- ${before === null ? '/dev/null' : `a/${name}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${name}`}`,
  ];
  return [...head, ...hunks(lines)];
}

function split(text: string | null): string[] {
  return text === null || text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
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

function hunks(lines: readonly Line[]): string[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(([sign]) => sign !== ' '),
  );
  const shown: string[] = [];
  let before = 1;
  let after = 1;
  lines.forEach(([sign, text], index) => {
    if (isNear[index] === true) {
      if (index === 0 || isNear[index - 1] !== true) shown.push(`@@ -${before} +${after} @@`);
      shown.push(`${sign}${text}`);
    }
    if (sign !== '+') before += 1;
    if (sign !== '-') after += 1;
  });
  return shown;
}
