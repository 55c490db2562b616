/** Something that can be found. */
export interface Target {
  kind: 'function' | 'file' | 'test file';
  label: string;
  /** Where it is; a path that may follow the label. */
  where: string;
  line: number;
  endLine: number;
  /** Milliseconds of test time. */
  cost: number;
  choose(): void;
}

/** So many results are shown. */
export const MOST = 30;

/**
 * Finds what holds every word of a query, best first: equal names, names that start with it, names, then paths.
 * Of equals, the dearest.
 */
export function find(targets: readonly Target[], query: string, limit = MOST): Target[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const whole = words.join(' ');
  const ranked: { target: Target; rank: number }[] = [];
  for (const target of targets) {
    const label = target.label.toLowerCase();
    const text = `${label} ${target.where.toLowerCase()}`;
    if (!words.every((word) => text.includes(word))) continue;
    const rank = label === whole ? 0 : label.startsWith(whole) ? 1 : label.includes(whole) ? 2 : 3;
    ranked.push({ target, rank });
  }
  ranked.sort((a, b) => a.rank - b.rank || b.target.cost - a.target.cost);
  return ranked.slice(0, limit).map(({ target }) => target);
}
