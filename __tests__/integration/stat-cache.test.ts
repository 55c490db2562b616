import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const SEES = "expect(require('pkg').from).toBe('pkg');";

function using(name: string, check: string): Record<string, string> {
  return { [`__tests__/${name}.test.js`]: `test('${name}', () => { ${check} });\n` };
}

/** What an earlier run kept of the packages. */
function kept(): string {
  const [folder = ''] = fs.readdirSync(project.temporary).filter((name) => /^jest_/.test(name));
  const [file = ''] = fs
    .readdirSync(path.join(project.temporary, folder))
    .filter((name) => name.startsWith('testmon-packages-'));
  return fs.readFileSync(path.join(project.temporary, folder, file), 'utf8');
}

test('a package is updated after a run that took what was kept of it', async () => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'node_modules/pkg/package.json': '{"name":"pkg","version":"1.0.0","main":"index.js"}',
    'node_modules/pkg/index.js': "exports.from = 'pkg';\n",
    ...using('uses', SEES),
    ...using('plain', ''),
  });
  // What was written just now is not kept.
  await wait(2_100);
  expect(project.run().passed).toHaveLength(2);
  expect(project.run().ran).toEqual([]);
  expect(kept()).toContain('node_modules/pkg/package.json');

  project.edit('node_modules/pkg/package.json', '1.0.0', '1.0.1');
  expect(project.run().ran).toEqual(['__tests__/uses.test.js']);
  project.edit('node_modules/pkg/package.json', '1.0.1', '1.0.0');
  expect(project.run().ran).toEqual([]);
});

test('that we look for patches is no input of the test file for which it comes first', () => {
  project = new Project(
    {
      'jest.config.js': 'module.exports = { transform: {} };',
      'node_modules/chosen/package.json': '{"name":"chosen","version":"1.0.0","main":"index.js"}',
      'node_modules/chosen/index.js':
        "module.exports = require('jest-environment-node').TestEnvironment;\n",
      'patches/chosen+1.0.0.patch': 'diff',
      '__tests__/chosen.test.js': "/** @jest-environment chosen */\ntest('chosen', () => {});\n",
    },
    ['jest'],
  );
  project.link('jest-environment-node', 'jest-environment-node');
  expect(project.run().passed).toHaveLength(1);
  project.write({ 'patches/unused+1.0.0.patch': 'diff' });
  expect(project.run().ran).toEqual([]);
  project.write({ 'patches/chosen+1.0.0.patch': 'another diff' });
  expect(project.run().ran).toEqual(['__tests__/chosen.test.js']);
});
