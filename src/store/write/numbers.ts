/** Converts a time or count to an integer that its column accepts. */
export function stamp(value: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(finite(value))));
}

/** Returns a number, or zero if it is infinite or NaN. */
export function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
