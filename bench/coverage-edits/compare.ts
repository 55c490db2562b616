import { isDeepStrictEqual } from 'node:util';

/** One file of `coverage-final.json`. */
export interface FileReport {
  statementMap: Record<string, unknown>;
  fnMap: Record<string, unknown>;
  branchMap: Record<string, unknown>;
  s: Record<string, number>;
  f: Record<string, number>;
  b: Record<string, number[]>;
}

/** `coverage-final.json` and `coverage-summary.json` of one run; null where there is none. */
export interface Report {
  files: Record<string, FileReport> | null;
  summary: unknown;
}

/**
 * What of two reports differs: where statements, functions and branches are, whether each is hit, and the summary.
 * How often something is hit may differ.
 */
export function differences(ours: Report, bare: Report): string[] {
  if (ours.files === null || bare.files === null)
    return ours.files === bare.files ? [] : [`${ours.files === null ? 'no' : 'a'} report`];
  const found: string[] = [];
  const names = new Set([...Object.keys(ours.files), ...Object.keys(bare.files)]);
  for (const file of names) {
    const [a, b] = [ours.files[file], bare.files[file]];
    if (a === undefined || b === undefined)
      found.push(`${file} is ${a === undefined ? 'missing' : 'there'}`);
    else found.push(...differencesIn(a, b).map((what) => `${file}: ${what}`));
  }
  if (!isDeepStrictEqual(ours.summary, bare.summary)) found.push('the summary');
  return found;
}

const KINDS = [
  ['statement', 'statementMap', 's'],
  ['function', 'fnMap', 'f'],
  ['branch', 'branchMap', 'b'],
] as const;

function differencesIn(ours: FileReport, bare: FileReport): string[] {
  return KINDS.flatMap(([name, places, hits]) => {
    if (!isDeepStrictEqual(ours[places], bare[places])) return [`where each ${name} is`];
    const [a, b] = [isHit(ours[hits]), isHit(bare[hits])];
    return Object.keys(ours[places])
      .filter((id) => a[id] !== b[id])
      .map(
        (id) =>
          `${name} ${id} is ${a[id] ?? 'unknown'} and not ${b[id] ?? 'unknown'}: ${JSON.stringify(bare[places][id])}`,
      );
  });
}

/** By id: `hit`, `missed`, or of a branch the list of these. */
function isHit(counts: Record<string, number | number[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(counts).map(([id, count]) => [
      id,
      [count]
        .flat()
        .map((one) => (one > 0 ? 'hit' : 'missed'))
        .join(' '),
    ]),
  );
}
