import { expect, test } from '@jest/globals';
import { showProgress } from '../../src/cli/progress';

function shown(isTTY: boolean, environment: NodeJS.ProcessEnv): string {
  let written = '';
  const stream = { isTTY, write: (text: string) => (written += text) !== '' };
  const progress = showProgress('merging', 3, stream as unknown as NodeJS.WriteStream, environment);
  progress.at(1);
  progress.at(2);
  progress.end();
  return written;
}

test('progress is one line on a terminal, drawn at a pace, and goes away', () => {
  expect(shown(true, {})).toBe('\r\u001b[2Ktestmon: merging 1/3\r\u001b[2K');
});

test('there is none in CI, on a dumb terminal, or where the output leads elsewhere', () => {
  expect(shown(true, { CI: 'true' })).toBe('');
  expect(shown(true, { TERM: 'dumb' })).toBe('');
  expect(shown(false, {})).toBe('');
});
