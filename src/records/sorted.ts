/** Merges two sorted lists. Of equal elements, those of `b` come first. Returns `a` itself if `b` is empty. */
export function mergeSorted<T>(a: T[], b: readonly T[], compare: (a: T, b: T) => number): T[] {
  if (b.length === 0) return a;
  if (a.length === 0) return [...b];
  const merged: T[] = [];
  let at = 0;
  for (const other of b) {
    const end = lowerBound(a.length, at, (nth) => compare(a[nth] as T, other));
    for (; at < end; at += 1) merged.push(a[at] as T);
    merged.push(other);
  }
  for (; at < a.length; at += 1) merged.push(a[at] as T);
  return merged;
}

/**
 * Binary search: returns the first index from `from` on whose element does not come before the wanted position.
 * @param count The length of the list.
 * @param compare Below zero if the element at an index comes before that position.
 */
export function lowerBound(count: number, from: number, compare: (nth: number) => number): number {
  let [low, high] = [from, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(middle) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
