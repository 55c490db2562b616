import { expect, test } from '@jest/globals';
import { showProgress } from '../../src/terminal/progress';

function shown(isTTY: boolean, environment: NodeJS.ProcessEnv, total = 300): string {
  let written = '';
  const stream = { isTTY, write: (text: string) => (written += text) !== '' };
  const to = stream as unknown as NodeJS.WriteStream;
  const progress = showProgress('merging', total, to, environment);
  progress.at(1);
  progress.at(2);
  progress.end();
  return written;
}

test('progress is one line on a terminal, drawn at a pace, and goes away', () => {
  expect(shown(true, {})).toBe('\r\u001b[2Ktestmon: merging 1/300\r\u001b[2K');
});

test('there is none in CI, on a dumb terminal, for a few items, or where the output leads elsewhere', () => {
  expect(shown(true, { CI: 'true' })).toBe('');
  expect(shown(true, { TERM: 'dumb' })).toBe('');
  expect(shown(true, {}, 99)).toBe('');
  expect(shown(false, {})).toBe('');
});
