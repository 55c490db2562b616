/** Whole numbers, as the columns of times and counts demand. */
export function stamp(value: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(finite(value))));
}

export function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
