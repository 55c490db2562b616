/** What V8 counted of a script. Source: "Profiler" in the documentation of the Chrome DevTools Protocol. */
export interface ScriptRange {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** The first one of a script is the script itself. */
export interface ScriptFunction {
  functionName?: string;
  /** The first range is the whole function; those after it are parts that ran more or less often. */
  ranges: readonly ScriptRange[];
}

/**
 * How often the code at some offsets ran: what the innermost range around each says. A function that begins at an offset
 * is made there, whether or not anybody calls it, so its own range says nothing of that.
 * @returns A count for each offset, in the same order; 1 where no range says anything.
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

/** Ranges lie within one another, so those that end first are the last. */
function leave(around: ScriptRange[], offset: number): void {
  while (around.length > 0 && (around.at(-1)?.endOffset ?? 0) <= offset) around.pop();
}

/**
 * Reads a report of V8's coverage.
 * Source: Node's documentation of NODE_V8_COVERAGE.
 * @returns What it says of each script, by URL; null where it is no complete report.
 */
export function readReport(text: string): { url: string; functions: ScriptFunction[] }[] | null {
  try {
    const { result } = JSON.parse(text) as { result?: unknown };
    return Array.isArray(result)
      ? result.filter(isScript).filter(({ url }) => url.startsWith('file:'))
      : null;
  } catch {
    // A child that was killed leaves half a report.
    return null;
  }
}

function isScript(value: unknown): value is { url: string; functions: ScriptFunction[] } {
  const { url, functions } = (value ?? {}) as { url?: unknown; functions?: unknown };
  return typeof url === 'string' && Array.isArray(functions);
}
