import { describe, expect, test } from '@jest/globals';
import { isTypeFailure } from '../../bench/mutation/judge';
import { WHOLE_FILE } from '../../bench/mutation/results';

const failed = (message: string, failures = [WHOLE_FILE]): Parameters<typeof isTypeFailure>[0] => ({
  failed: true,
  failures,
  ran: [],
  message,
});

describe('a type failure', () => {
  const elsewhere = "src/user.ts:12:3 - error TS2322: Type 'undefined' is not assignable.";
  const inside = 'src/mutated.ts:4:10 - error TS2367: This comparison appears to be unintentional.';

  test('is what the type checker says of other files than the mutated one', () => {
    expect(isTypeFailure(failed(elsewhere), 'src/mutated.ts')).toBe(true);
    expect(isTypeFailure(failed(`${elsewhere}\n${elsewhere}`), 'src/mutated.ts')).toBe(true);
  });

  test('is not what keeps the mutated file itself from running', () => {
    expect(isTypeFailure(failed(inside), 'src/mutated.ts')).toBe(false);
    expect(isTypeFailure(failed(`${elsewhere}\n${inside}`), 'src/mutated.ts')).toBe(false);
  });

  test('is neither a failing test nor any other error', () => {
    expect(isTypeFailure(failed(elsewhere, ['adds numbers']), 'src/mutated.ts')).toBe(false);
    expect(isTypeFailure(failed('TypeError: f is not a function'), 'src/mutated.ts')).toBe(false);
  });
});
