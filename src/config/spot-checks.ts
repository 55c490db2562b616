/** How many of the unaffected test files run all the same. */
export interface SpotCheckShare {
  /** Of a hundred; 0 where none do. */
  percent: number;
  /** What the choice is made by; null where each run takes another. */
  seed: string | null;
}

/**
 * Reads the option `spotChecks`: `2%`, or `2%@seed` to repeat a choice.
 * @returns Null for what is neither of these, and not `off`.
 */
export function readSpotChecks(text: unknown): SpotCheckShare | null {
  if (typeof text !== 'string') return null;
  if (/^(off|0|false|no)$/i.test(text.trim())) return { percent: 0, seed: null };
  const [, digits, seed = null] =
    /^(\d{1,3}(?:\.\d+)?) ?%(?:@([\w.-]{1,64}))?$/.exec(text.trim()) ?? [];
  const percent = Number(digits);
  return digits === undefined || percent > 100 ? null : { percent, seed };
}
