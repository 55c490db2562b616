import { describe, expect, it } from '@jest/globals';
import { readBudget } from '../../src/config/budget';

describe('a time budget', () => {
  it.each([
    ['5m', 300_000],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    [' 1.5M ', 90_000],
    ['off', 0],
    ['0', 0],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(readBudget(text)).toBe(milliseconds);
  });

  it.each(['', '5', '5 minutes', '-5m', 'm', '0s', 5, undefined])('cannot be %p', (value) => {
    expect(readBudget(value)).toBeNull();
  });
});
