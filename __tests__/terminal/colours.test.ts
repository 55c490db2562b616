import { expect, test } from '@jest/globals';
import { coloursFor } from '../../src/terminal/colours';

function isColoured(
  isTTY: boolean,
  env: Record<string, string> = {},
  args: string[] = [],
): boolean {
  return coloursFor({ isTTY }, { env, args }).isColorSupported;
}

test('colours are for a terminal that is not CI’s', () => {
  expect(isColoured(true)).toBe(true);
  expect(isColoured(false)).toBe(false);
  expect(isColoured(false, { CI: 'true' })).toBe(false);
  expect(isColoured(true, { CI: 'true' })).toBe(false);
  expect(isColoured(true, { TERM: 'dumb' })).toBe(false);
  // It is no CI where it says so.
  expect(isColoured(true, { CI: 'false' })).toBe(true);
});

test('they can be asked for, and refused', () => {
  expect(isColoured(false, { FORCE_COLOR: '1', CI: 'true' })).toBe(true);
  expect(isColoured(false, {}, ['--colors'])).toBe(true);
  expect(isColoured(false, { FORCE_COLOR: '0' })).toBe(false);
  expect(isColoured(true, { NO_COLOR: '1' })).toBe(false);
  expect(isColoured(true, { NO_COLOR: '' })).toBe(true);
  expect(isColoured(true, {}, ['--no-color'])).toBe(false);
});
