import { afterEach, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(120_000);

let project: Project;
afterEach(() => project.remove());

test('the command of one copy runs a config of another: composed once, recorded, selected', () => {
  project = new Project(
    {
      'jest.config.js':
        "module.exports = require('jest-testmon').withTestmon({ transform: {} }, { keepRecords: 3 });",
      't/one.test.js': "test('one', () => undefined);\n",
    },
    ['jest'],
  );
  project.install();
  // Where both compose, each takes the other's sequencer for the user's, without end.
  const { exitCode, messages, ran } = project.run();
  expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: ['t/one.test.js'] });
  expect(messages.filter((message) => /to run and record/.test(message))).toHaveLength(1);
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
});
