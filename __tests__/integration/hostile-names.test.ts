import * as fs from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Project, type RunResult } from './harness';
import { onTerminal } from './terminal';

jest.setTimeout(300_000);

/** What a terminal obeys, or what hides or reorders what is shown, with the form in which it is shown. */
const HOSTILE: [character: string, shown: string][] = [
  ['\u001b', '\\u001b'],
  ['\u0007', '\\u0007'],
  ['\r', '\\u000d'],
  ['\n', '\\n'],
  ['\b', '\\u0008'],
  ['\u009b', '\\u009b'],
  ['\u0090', '\\u0090'],
  ['\u00ad', '\\u00ad'],
  ['\u200b', '\\u200b'],
  ['\u200f', '\\u200f'],
  ['\u2028', '\\u2028'],
  ['\u202e', '\\u202e'],
  ['\u2066', '\\u2066'],
  ['\ufeff', '\\ufeff'],
  ['\u{e0041}', '\\udb40\\udc41'],
];
const NAME = HOSTILE.map(([character]) => `a${character}[2K`).join('');
const SHOWN = HOSTILE.map(([, shown]) => `a${shown}[2K`).join('');
// eslint-disable-next-line no-control-regex
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\p{Cf}\u2028\u2029]/u;

const onWindows = process.platform === 'win32';

let project: Project;
beforeAll(() => {
  if (onWindows) return;
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    [`src/${NAME}.js`]: 'exports.one = () => 1;\n',
    [`data/${NAME}.txt`]: '1',
    [`${NAME}.test.js`]: `
const name = ${JSON.stringify(NAME)};
test(name, () => {
  const text = require('fs').readFileSync(__dirname + '/data/' + name + '.txt', 'utf8');
  expect(require('./src/' + name).one()).toBe(Number(text));
  expect(process.env.CI).toBe(undefined);
});\n`,
  });
  project.run(['--silent']);
  project.edit(`src/${NAME}.js`, '1', '1 + 0');
  fs.writeFileSync(
    project.path(`${NAME}.db`),
    'no database, but long enough to be one '.repeat(40),
  );
});
afterAll(() => {
  if (!onWindows) project.remove();
});

const COMMANDS: [name: string, args: string[]][] = [
  ['why', ['why', '.test.js']],
  ['why, of something that is not there', ['why', `none ${NAME}`]],
  ['status', ['status']],
  ['impact', ['impact', `src/${NAME}.js`]],
  ['impact, of something that is not there', ['impact', `none ${NAME}`]],
  ['coverage', ['coverage']],
  ['coverage, of a file', ['coverage', `src/${NAME}.js`]],
  ['merge', ['merge', `${NAME}.db`]],
  ['doctor', ['doctor', '--config', `src/${NAME}.js`]],
  ['init', ['init', '--config', `src/${NAME}.js`]],
  ['report', ['report', '--output', `${NAME}.html`]],
  ['a command line that is not understood', ['doctor', `--${NAME}`]],
];

/** What is printed there holds no name, or is Jest's own sentence, of which the first line is told. */
const WITHOUT_NAME = new Set(['doctor', 'init', 'report']);

function expectHarmless({ stdout, stderr }: RunResult): void {
  expect(stdout + stderr).not.toMatch(OBEYED);
  expect(stdout + stderr).not.toContain('a\n[2K');
}

(onWindows ? test.skip : test).each(COMMANDS)('%s shows names and obeys none', (name, args) => {
  const result = project.run(args);
  expectHarmless(result);
  if (!WITHOUT_NAME.has(name)) expect(result.stdout + result.stderr).toContain(SHOWN);
});

(onWindows ? test.skip : test)('answers for programs are harmless, and hold the very name', () => {
  const result = project.run(['status', '--json']);
  expectHarmless(result);
  expect(JSON.parse(result.stdout)).toMatchObject({ affected: [`${NAME}.test.js`] });
});

(onWindows ? test.skip : test)('what is coloured on a terminal is no way around it', () => {
  const shown = onTerminal(project, ['why', '.test.js'], { env: { NO_COLOR: '' } });
  expect(shown).toContain(SHOWN);
  // eslint-disable-next-line no-control-regex
  expect(shown.replace(/\x1b\[\d+m|\r\n/g, '')).not.toMatch(OBEYED);
});

(onWindows ? test.skip : test)('a page shows names as they are, and hides nothing', () => {
  project.run(['report']);
  const page = project.read('testmon-report.html');
  expect(page).toContain(JSON.stringify(SHOWN).slice(1, -1));
  expect(page).not.toMatch(OBEYED);
});

(onWindows ? test.skip : test)('verify names what it found, and obeys no name', () => {
  project.run(['--silent']);
  // Nothing that is watched: whether it runs is up to a variable that never counts.
  project.write({ 'quiet.js': 'module.exports = class {};' });
  const { stderr } = project.run(['verify', '--reporters', './quiet.js'], { env: { CI: 'true' } });
  expect(stderr).toContain(SHOWN);
  expect(stderr).not.toMatch(OBEYED);
});
