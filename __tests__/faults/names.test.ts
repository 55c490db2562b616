import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { recordsIn } from '../../bench/faults/database';
import { Project } from '../integration/harness';

jest.setTimeout(300_000);

const onWindows = process.platform === 'win32';

let project: Project;
afterEach(() => project.remove());

/** Names that a file may have, and their source modules beside one another. */
const NAMES = [
  'with space',
  "it's",
  'double "quoted"',
  'new\nline',
  '100%25',
  'back\\slash',
  '[brackets] {and} (more)',
  '#hash?query',
  '$dollar `tick`',
  "'; DROP TABLE record; --",
  '\u001b[2Jescape',
  'caf\u00e9', // NFC
  'cafe\u0301', // NFD, a file of its own on Linux
  '日本語 🎉',
  '-dash',
];

function selected(): string[] {
  const result = project.run(['--json', '--testmon-forceselect']);
  return (JSON.parse(result.stdout) as { testResults: { name: string }[] }).testResults
    .map(({ name }) => path.relative(project.root, name))
    .sort();
}

(onWindows ? test.skip : test)(
  'whatever a file is called, its change selects its test and no other',
  () => {
    const tests = NAMES.map((name) => `__tests__/${name}.test.js`);
    project = new Project({
      'jest.config.js': 'module.exports = { transform: {} };',
      ...Object.fromEntries(
        NAMES.flatMap((name, nth) => [
          [`src/${name}.js`, `exports.value = () => ${nth};\n`],
          [`data/${name}.txt`, `${nth}`],
          [
            `__tests__/${name}.test.js`,
            `test(${JSON.stringify(name)}, () => {
  expect(require(${JSON.stringify(`../src/${name}`)}).value()).toBe(${nth});
  const file = require('path').join(__dirname, '../data', ${JSON.stringify(`${name}.txt`)});
  expect(require('fs').readFileSync(file, 'utf8').trim()).toBe('${nth}');
});\n`,
          ],
        ]),
      ),
    });
    // Not every name is one that Jest itself finds and runs.
    const bare = project.run(['--json'], { plain: true });
    const runnable = (
      JSON.parse(bare.stdout) as { testResults: { name: string; status: string }[] }
    ).testResults
      .filter(({ status }) => status === 'passed')
      .map(({ name }) => path.relative(project.root, name));
    expect(runnable.length).toBeGreaterThan(10);
    const ours = project.run(['--maxWorkers=2']);
    expect(ours.exitCode).toBe(bare.exitCode);
    const rest = tests.filter((name) => !runnable.includes(name)).sort();
    expect(selected()).toEqual(rest);
    expect(
      new Set(
        [...recordsIn(project.path('.testmondata'))].map((record) =>
          record.slice(0, record.lastIndexOf(' ')),
        ),
      ),
    ).toEqual(new Set(runnable));
    const touched = NAMES.filter((name) => runnable.includes(`__tests__/${name}.test.js`));
    const some = [touched[3], touched.at(-3)] as string[];
    project.write({
      [`src/${some[0]}.js`]: `exports.value = () => ${NAMES.indexOf(some[0] ?? '')} + 0;\n`,
    });
    project.write({ [`data/${some[1]}.txt`]: `${NAMES.indexOf(some[1] ?? '')}\n` });
    const messages = project.run(['--listTests']);
    const listed = messages.stdout.split(project.root).length - 1;
    expect(listed).toBe(2 + rest.length);
    const { stderr } = project.run();
    // One line, and nothing that a terminal would take for a command.
    expect(stderr).toMatch(/^testmon: .*affected by 2 changed files.*$/m);
    expect(selected()).toEqual(rest);
  },
);

(onWindows ? test.skip : test)('paths of 4,096 characters', () => {
  project = new Project({ 'jest.config.js': 'module.exports = { transform: {} };' });
  // As long as the system takes: its limit counts the end of the string.
  let folder = project.path('deep');
  while (folder.length < 3_900) folder += `/${'d'.repeat(150)}`;
  const file = `${folder}/${'t'.repeat(4_095 - folder.length - 1 - '.test.js'.length)}.test.js`;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, "test('deep', () => {});\n");
  project.write({ '__tests__/flat.test.js': "test('flat', () => {});\n" });
  expect(file.length).toBe(4_095);
  const bare = project.run(['--json'], { plain: true });
  const ran = (text: string) =>
    (JSON.parse(text) as { testResults: { name: string; status: string }[] }).testResults
      .map(({ name, status }) => `${status} ${name.length}`)
      .sort();
  const ours = project.run(['--json']);
  expect([ours.exitCode, ran(ours.stdout)]).toEqual([bare.exitCode, ran(bare.stdout)]);
  const { ran: again, exitCode } = project.run();
  expect(exitCode).toBe(bare.exitCode);
  expect(again).not.toContain('__tests__/flat.test.js');
});
