/** A result of the search. */
export interface Target {
  kind: 'function' | 'file' | 'test file';
  label: string;
  /** A path, which is shown after the label. */
  where: string;
  line: number;
  endLine: number;
  /** Test time of an edit, in milliseconds. */
  cost: number;
  choose(): void;
}

/** The number of results that are shown. */
export const MAX_RESULTS = 30;

/**
 * Finds the targets that contain every word of a query. The best come first: equal names, names that start with the
 * query, names that contain it, then paths. Among equals, those with the highest cost come first.
 */
export function find(targets: readonly Target[], query: string, limit = MAX_RESULTS): Target[] {
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
