import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';

jest.setTimeout(180_000);

const test_ = (body: string) => `test('it', () => { ${body} });\n`;

const jestConfig = (transform: Record<string, string>): Files => ({
  'package.json': JSON.stringify({ name: 'fixture', private: true, jest: { transform } }),
});

/** Copies all variables, with their values, as tools do that look for their own. */
const GREEDY = `const all = { ...process.env };
module.exports = { process: (code) => ({ code: code + '// ' + (all.SEASON ?? '') }) };\n`;

const MODEST = `module.exports = { process: (code) => ({ code: code + '// ' + process.env.SEASON }) };\n`;

const TESTS: Files = {
  'pin.test.js': test_("expect(process.env.PIN).toBe('1')"),
  'all.test.js': test_('expect(JSON.stringify({ ...process.env }).length).toBeGreaterThan(0)'),
  'none.test.js': test_('expect(1).toBe(1)'),
  'child.test.js': test_(
    "require('child_process').execFileSync(process.execPath, ['-e', 'process.env.SECOND'])",
  ),
};

const projects: Project[] = [];
let cache: string;

function project(files: Files): Project {
  const made = new Project({ ...TESTS, ...files });
  projects.push(made);
  return made;
}

beforeEach(() => {
  cache = path.join(project({}).temporary, 'cache');
});
afterEach(() => {
  for (const made of projects.splice(0)) made.remove();
});

const ENV = { PIN: '1', SECOND: '2', SEASON: 'spring', UNRELATED: 'x' };

function ran(of: Project, changed: NodeJS.ProcessEnv, workers: string): string[] {
  return of.run([`--cacheDirectory=${cache}`, workers], { env: { ...ENV, ...changed } }).ran;
}

describe('the variables that transformers ask for', () => {
  test.each(['--maxWorkers=1', '--maxWorkers=4'])(
    'count for the projects that have these transformers alone: %s',
    (workers) => {
      const greedy = project({ 'greedy.js': GREEDY, ...jestConfig({ '\\.js$': './greedy.js' }) });
      const plain = project(jestConfig({}));
      const modest = project({ 'modest.js': MODEST, ...jestConfig({ '\\.js$': './modest.js' }) });
      const all = ['./all.test.js', './child.test.js', './none.test.js', './pin.test.js'];
      for (const each of [greedy, plain, modest]) expect(ran(each, {}, workers)).toEqual(all);

      const other = { UNRELATED: 'y' };
      expect(ran(greedy, other, workers)).toEqual(all);
      for (const each of [plain, modest])
        expect(ran(each, other, workers)).toEqual(['./all.test.js']);

      const season = { UNRELATED: 'y', SEASON: 'autumn' };
      expect(ran(plain, season, workers)).toEqual(['./all.test.js']);
      expect(ran(modest, season, workers)).toEqual(all);

      const asked = { ...season, PIN: '1', SECOND: '3' };
      expect(ran(plain, asked, workers)).toEqual(['./all.test.js', './child.test.js']);
    },
  );

  test('count where Babel asks for them to find the browsers that it compiles for', () => {
    const made = new Project(
      {
        'babel.config.js': "module.exports = { presets: ['@babel/preset-env'] };\n",
        'new.txt': 'chrome 120\n',
        'old.txt': 'ie 11\n',
        'code.js': 'export const code = () => 1;\n',
        'it.test.js': test_("expect(String(require('./code').code)).toContain('=>')"),
      },
      ['jest', 'babel-jest', '@babel/preset-env'],
    );
    projects.push(made);
    const exitCode = (env: NodeJS.ProcessEnv) => made.run([], { env }).exitCode;
    const config = { BROWSERSLIST_CONFIG: 'new.txt' };
    expect(exitCode(config)).toBe(0);
    expect(made.run([], { env: config }).ran).toEqual([]);
    expect(exitCode({ BROWSERSLIST_CONFIG: 'old.txt' })).toBe(1);
    expect(exitCode({ ...config, BROWSERSLIST: 'ie 11' })).toBe(1);
  });
});
