/** What V8 counted in a script. Source: "Profiler" in the documentation of the Chrome DevTools Protocol. */
export interface ScriptRange {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** The first function of a script is the script itself. */
export interface ScriptFunction {
  functionName?: string;
  /** The first range is the whole function. The others are parts that ran more or less often. */
  ranges: readonly ScriptRange[];
}

/**
 * Returns how often the code at some offsets ran: the count of the innermost range around each offset. If a function
 * begins at an offset, its own range is ignored: the function is created there, even if nothing calls it.
 * @returns A count for each offset, in the same order. 1 if no range contains the offset.
 */
export function countsAt(
  functions: readonly ScriptFunction[],
  offsets: readonly number[],
): number[] {
  const starts = functions.slice(1).flatMap(({ ranges: [whole] }) => (whole ? [whole] : []));
  const whole = new Set(starts);
  const ranges = functions
    .flatMap((one) => one.ranges)
    .sort((x, y) => x.startOffset - y.startOffset || y.endOffset - x.endOffset);
  const counts = new Array<number>(offsets.length).fill(1);
  const inOrder = offsets.map((offset, index) => ({ offset, index }));
  inOrder.sort((x, y) => x.offset - y.offset);
  const around: ScriptRange[] = [];
  let next = 0;
  for (const { offset, index } of inOrder) {
    for (let range = ranges[next]; range !== undefined; range = ranges[next]) {
      if (range.startOffset > offset || (range.startOffset === offset && whole.has(range))) break;
      leave(around, range.startOffset);
      around.push(range);
      next += 1;
    }
    leave(around, offset);
    counts[index] = around.at(-1)?.count ?? 1;
  }
  return counts;
}

/** Removes the ranges that end before an offset. Ranges are nested, so those that end first are last in the list. */
function leave(around: ScriptRange[], offset: number): void {
  while (around.length > 0 && (around.at(-1)?.endOffset ?? 0) <= offset) around.pop();
}

/**
 * Reads a report of V8's coverage. Source: Node's documentation of NODE_V8_COVERAGE.
 * @returns The functions of each script, by URL. Null if the report is incomplete.
 */
export function readReport(text: string): { url: string; functions: ScriptFunction[] }[] | null {
  try {
    const { result } = JSON.parse(text) as { result?: unknown };
    return Array.isArray(result)
      ? result.filter(isScript).filter(({ url }) => url.startsWith('file:'))
      : null;
  } catch {
    // A child process that was killed leaves an incomplete report.
    return null;
  }
}

function isScript(value: unknown): value is { url: string; functions: ScriptFunction[] } {
  const { url, functions } = (value ?? {}) as { url?: unknown; functions?: unknown };
  return typeof url === 'string' && Array.isArray(functions);
}
