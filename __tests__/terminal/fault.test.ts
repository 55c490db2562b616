import { describe, expect, it } from '@jest/globals';
import * as fs from 'node:fs';
import { describeFault, isSystemError } from '../../src/terminal/fault';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('isSystemError', () => {
  it('knows what the operating system answered', () => {
    expect(isSystemError(thrownBy(() => fs.readFileSync('/no/such/file')))).toBe(true);
    expect(isSystemError(thrownBy(() => fs.rmdirSync(__filename)))).toBe(true);
  });

  it('takes no programming error for one, also where Node gives it a code', () => {
    expect(isSystemError(thrownBy(() => fs.readFileSync(undefined as unknown as string)))).toBe(
      false,
    );
    expect(isSystemError(thrownBy(() => (undefined as unknown as string).length))).toBe(false);
    expect(isSystemError('a text')).toBe(false);
  });
});

describe('describeFault', () => {
  it('says whose fault it is, what happens instead, and what to send', () => {
    expect(describeFault('selecting tests', new RangeError('too deep'), 'everything runs')).toBe(
      'selecting tests failed (too deep), so everything runs. This is a fault of jest-testmon: please report it, with what the same command prints under DEBUG=testmon:*.',
    );
  });
});
