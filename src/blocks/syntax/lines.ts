/** What ends a line for JavaScript engines and in stack traces: ECMAScript 12.3. */
export const ENGINE_BREAK = /\r\n|[\n\r\u2028\u2029]/g;

/** What ends a line in the source maps that transformers write. */
export const MAP_BREAK = /\n/g;

/** The offsets at which lines start. */
export function lineStarts(code: string, lineBreak: RegExp): number[] {
  const starts = [0];
  for (const { index, 0: text } of code.matchAll(lineBreak)) starts.push(index + text.length);
  return starts;
}

/** Index of the last number that is not greater than `limit`, or -1. Uses binary search. */
export function lastAtMost(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Offset of the first line after `#!`. */
export function afterHashbang(code: string): number {
  return /^#!.*(?:\r\n|[\n\r\u2028\u2029])?/.exec(code)?.[0].length ?? 0;
}
