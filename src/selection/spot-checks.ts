import { createHash } from 'node:crypto';

/** An unaffected test file that could be checked. */
export interface SpotCheckCandidate {
  /** Its Jest project. */
  project: string;
  path: string;
  /** When it was last checked, in milliseconds since the epoch; 0 for never. */
  checkedAt: number;
}

/**
 * Chooses the unaffected test files that run all the same: at least one, those first that were not checked for the longest
 * time. The seed decides among equals, whatever the order they come in.
 * @param percent The share of them to take.
 */
export function chooseSpotChecks<T extends SpotCheckCandidate>(
  candidates: readonly T[],
  percent: number,
  seed: string,
): T[] {
  if (candidates.length === 0 || percent <= 0) return [];
  const wanted = Math.max(1, Math.round((candidates.length * percent) / 100));
  return candidates
    .map((candidate) => ({ candidate, lot: lotOf(candidate, seed) }))
    .sort((a, b) => a.candidate.checkedAt - b.candidate.checkedAt || (a.lot < b.lot ? -1 : 1))
    .slice(0, wanted)
    .map(({ candidate }) => candidate);
}

function lotOf({ project, path }: SpotCheckCandidate, seed: string): string {
  return createHash('sha256').update(`${seed}\n${project}\n${path}`).digest('hex');
}
