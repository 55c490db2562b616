const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Parses the option `budget`: a time such as `5m`, `90s` or `1h30m`, or `off`.
 * @returns Milliseconds, zero for `off`. Null if the value is invalid.
 */
export function readBudget(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const value = text.trim().toLowerCase();
  if (/^(off|0|false|no)$/.test(value)) return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(value)) return null;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const total = parts.reduce((sum, [, number, unit = '']) => {
    return sum + Number(number) * (UNITS[unit] ?? 0);
  }, 0);
  return Number.isFinite(total) && total > 0 ? Math.ceil(total) : null;
}
