import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ENTRY, Project, type Files } from './harness';

jest.setTimeout(300_000);

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

const FAILS = '__tests__/fails.test.js';
const SLOW = '__tests__/slow.test.js';
const OTHERS = ['__tests__/a.test.js', '__tests__/b.test.js', '__tests__/c.test.js'];
const ALL = [...OTHERS, FAILS, SLOW].sort();

const config = (more = '') => ({
  'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {}${more} }, { ignoreVariables: ['SLEEP', 'FAILING'] });\n`,
});

/** One test file sleeps for longer than the budget, and comes before the others, as it failed last. */
function project(files: Files = {}, jestPackage = 'jest'): Project {
  const one = new Project(
    {
      ...config(),
      'src/value.js': "exports.value = () => 'one';\n",
      [FAILS]: `const { value } = require('../src/value');
        test('t', async () => {
          if (process.env.SLEEP) await new Promise((resolve) => setTimeout(resolve, Number(process.env.SLEEP)));
          expect(value()).not.toBe(process.env.FAILING);
        }, 60_000);\n`,
      [SLOW]: "const { value } = require('../src/value');\ntest('t', () => { value(); });\n",
      ...Object.fromEntries(
        OTHERS.map((name) => [
          name,
          "const { value } = require('../src/value');\ntest('t', () => { value(); });\n",
        ]),
      ),
      ...files,
    },
    { jest: jestPackage },
  );
  made.push(one);
  return one;
}

const BUDGET = ['--testmon-budget', '15s'];
const SLEEP = { SLEEP: '16000' };

describe('a time budget', () => {
  test.each([
    ['jest', ['--runInBand']],
    ['jest29', ['--maxWorkers=1', '--workerIdleMemoryLimit=1GB']],
  ])('of %s is kept, with %j: what was not reached stays affected', (version, args) => {
    const one = project({}, version);
    // It fails, so it comes first.
    expect(one.run([], { env: { FAILING: 'one' } })).toMatchObject({ ran: ALL, failed: [FAILS] });
    one.edit('src/value.js', "'one'", "'two'");
    const cut = one.run([...args, ...BUDGET], { env: SLEEP });
    expect(cut).toMatchObject({ exitCode: 1, failed: [] });
    expect(cut.passed).toContain(FAILS);
    expect(cut.messages.at(-1)).toBe(
      'the time budget of 15s was used up: 4 affected test files were not reached and stay affected, so this run fails.',
    );
    // What was reached is recorded for good, although the run failed.
    const rest = one.run(args);
    expect(rest).toMatchObject({ exitCode: 0, ran: [...OTHERS, SLOW] });
    expect(rest.messages.at(-1)).not.toMatch(/budget/);
  });

  test('can be used up without that the run fails', () => {
    const one = project();
    const cut = one.run(['--testmon-budget', '1ms', '--testmon-budget-exit', 'pass']);
    expect(cut.exitCode).toBe(0);
    expect(cut.messages.at(-1)).toBe(
      'the time budget of 1ms was used up: 5 affected test files were not reached and stay affected.',
    );
    expect(one.run()).toMatchObject({ exitCode: 0, ran: ALL });
  });

  test('is kept in several projects, by a config without our reporter, and by a shard', () => {
    const names = ['one', 'two'].map((name) => `{ displayName: '${name}', transform: {} }`);
    const one = project(config(`, projects: [${names.join()}]`));
    const cut = one.run(['--testmon-budget', '1ms', '--shard=1/2', '--reporters=default']);
    expect(cut.exitCode).toBe(1);
    expect(cut.messages.at(-1)).toMatch(/^the time budget of 1ms was used up: [345] affected test/);
    expect(one.run().messages[0]).toMatch(/^nothing is recorded yet/);
  });
});
