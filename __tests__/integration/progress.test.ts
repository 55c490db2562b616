import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Store } from '../../src/store';
import { KEY, record } from '../store/helpers';
import { Project } from './harness';
import { onTerminal } from './terminal';

jest.setTimeout(300_000);

/** More than a few: of those no progress is shown. */
const MANY = 120;

let project: Project;
beforeAll(() => {
  const names = Array.from({ length: MANY }, (_, nth) => `__tests__/${nth}.test.js`);
  project = new Project({
    'jest.config.json': '{"transform":{}}',
    ...Object.fromEntries(names.map((name) => [name, "test('one', () => {});\n"])),
  });
  const store = Store.open(project.path('shard.db'));
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const batch = { failures: [], matched: [], gone: [], contents: [], fileStates: [], notes: [] };
  store.commit({ ...batch, records: names.map((name) => record(id, name)) }, 1);
  store.close();
});
afterAll(() => project.remove());

const CLEAR = '\r\u001b[2K';

test.each([
  [['merge', '--into', 'all.db', 'shard.db'], 'merging test files'],
  [['report'], 'reporting on test files'],
  [['status'], 'looking at affected test files'],
])('%j shows its progress on a terminal, as a line that goes away', (args, what) => {
  expectLine(onTerminal(project, args), what);
  // Neither in CI, nor where it leads elsewhere.
  expect(onTerminal(project, args, { env: { CI: '1' } })).not.toContain(what);
  const { stdout, stderr } = project.run(args);
  expect(stdout + stderr).not.toContain(what);
});

test('a run shows how far its commit has come, unless it is to be silent', () => {
  const what = 'recording test files';
  expectLine(onTerminal(project, ['verify']), what);
  expect(onTerminal(project, ['--testmon-noselect', '--silent'])).not.toContain(what);
});

function expectLine(written: string, what: string): void {
  expect(written).toContain(`${CLEAR}testmon: ${what} 1/${MANY}`);
  const [, after = ''] = written.slice(written.lastIndexOf(`testmon: ${what}`)).split(`/${MANY}`);
  expect(after.slice(0, CLEAR.length)).toBe(CLEAR);
}
