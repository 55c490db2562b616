import { createHash } from 'node:crypto';

/** An unaffected test file that can be spot-checked. */
export interface SpotCheckCandidate {
  /** The name of its Jest project. */
  project: string;
  path: string;
  /** When it was last checked, in milliseconds since the epoch. Zero if never. */
  checkedAt: number;
}

/**
 * Chooses the unaffected test files that run as spot checks, at least one. Those that were not checked for the
 * longest time come first. The seed decides among equals, independent of their order.
 * @param percent The share to choose, from 0 to 100. Nothing is chosen for 0.
 * @param seed Any text.
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
