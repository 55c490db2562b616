import { ENTRY } from '../harness';
import { testing, type Family } from './scenario';

const ALWAYS = ['__tests__/clock.test.js', '__tests__/network/ping.test.js'];

/** What is told to run always, and what is told not to count. */
export const always: Family = {
  name: 'told otherwise',
  base: {
    files: {
      'jest.config.js': `module.exports = require('${ENTRY}').withTestmon(
  { transform: {} },
  { always: ['**/network/**'], ignore: ['fixtures/noise/**'], ignoreVariables: ['STAMP'] },
);
`,
      '__tests__/clock.test.js': `/** @testmon always */\n${testing('expect(Date.now()).toBeGreaterThan(0);')}`,
      '__tests__/network/ping.test.js': testing('expect(1).toBe(1);'),
      '__tests__/quiet.test.js': `const fs = require('fs');
const path = require('path');
${testing(`
expect(fs.readFileSync(path.join(__dirname, '../fixtures/noise/log.txt'), 'utf8')).toBeTruthy();
expect(fs.readFileSync(path.join(__dirname, '../fixtures/signal.txt'), 'utf8')).toBeTruthy();
expect(process.env.STAMP).not.toBe('');`)}`,
      'fixtures/noise/log.txt': 'noise',
      'fixtures/signal.txt': 'signal',
    },
  },
  unchanged: ALWAYS,
  scenarios: [
    {
      name: 'an ignored file',
      edit: (project) => project.write({ 'fixtures/noise/log.txt': 'other' }),
      expectRan: ALWAYS,
    },
    { name: 'an ignored variable', edit: () => undefined, env: { STAMP: '2' }, expectRan: ALWAYS },
    {
      name: 'a file that is not ignored',
      edit: (project) => project.write({ 'fixtures/signal.txt': 'other' }),
      expectRan: [...ALWAYS, '__tests__/quiet.test.js'],
    },
    {
      name: 'the docblock taken away: the test file counts as any other from its next pass',
      edit: (project) =>
        project.write({
          '__tests__/clock.test.js': testing('expect(Date.now()).toBeGreaterThan(0);'),
        }),
      expectRan: ALWAYS,
    },
  ],
};
