/** How many of the unaffected test files run as spot checks. */
export interface SpotCheckShare {
  /** From 0 to 100. Zero means that none run. */
  percent: number;
  /** The seed of the choice. Null if each run uses another. */
  seed: string | null;
}

/**
 * Parses the option `spotChecks`: `2%`, `2%@seed` to repeat a choice, or `off`.
 * @returns Null if the value is invalid.
 */
export function readSpotChecks(text: unknown): SpotCheckShare | null {
  if (typeof text !== 'string') return null;
  if (/^(off|0|false|no)$/i.test(text.trim())) return { percent: 0, seed: null };
  const [, digits, seed = null] =
    /^(\d{1,3}(?:\.\d+)?) ?%(?:@([\w.-]{1,64}))?$/.exec(text.trim()) ?? [];
  const percent = Number(digits);
  return digits === undefined || percent > 100 ? null : { percent, seed };
}
