import { afterEach, expect, jest, test } from '@jest/globals';
import { Project } from './harness';
import { onTerminal } from './terminal';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const COLOUR = '\u001b[3';

test('what a run and an answer say is coloured on a terminal, and plain in CI and elsewhere', () => {
  project = new Project({
    'jest.config.json': '{"transform":{}}',
    'a.test.js': "test('a', () => {});",
  });
  const inCi = { env: { NO_COLOR: '', CI: 'true' } };
  const elsewhere = { env: { NO_COLOR: '' } };
  for (const options of [inCi, elsewhere]) {
    const { stderr } = project.run(['--testmon-noselect'], options);
    expect(stderr).toMatch(/^testmon: selection is off: 1 test file runs, /m);
    expect(stderr).not.toContain(COLOUR);
    for (const command of ['status', 'doctor']) {
      const { stdout } = project.run([command], options);
      expect(stdout.length).toBeGreaterThan(0);
      expect(stdout).not.toContain(COLOUR);
    }
  }
  expect(onTerminal(project, [], inCi)).toMatch(/testmon: nothing affected/);
  expect(onTerminal(project, [], elsewhere)).toContain(`${COLOUR}6mtestmon:`);
  expect(onTerminal(project, ['doctor'], elsewhere)).toContain(COLOUR);
});
