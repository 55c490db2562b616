import { afterEach, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';
import { inTurns } from '../turns';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** Two test files over one source file with two branches; each test file runs one of them. */
function twoBranches(extension: string): Files {
  const type = /^tsx?$/.test(extension) ? ': boolean' : '';
  return {
    [`src/sign.${extension}`]: `
// A comment.
export function sign(positive${type}) {
  if (positive) {
    return 'plus';
  } else {
    return 'minus';
  }
}
`,
    [`__tests__/plus.test.${extension}`]: `
import { sign } from '../src/sign';
test('plus', () => { expect(sign(true)).toBe('plus'); });
`,
    [`__tests__/minus.test.${extension}`]: `
import { sign } from '../src/sign';
test('minus', () => { expect(sign(false)).toBe('minus'); });
`,
  };
}

function commonJs(files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      text
        ?.replace(/import \{ (\w+) \} from '(.*)';/, "const { $1 } = require('$2');")
        .replace('export function sign', 'module.exports.sign = function sign') ?? null,
    ]),
  );
}

interface Setup {
  files: Files;
  packages: string[];
  extension: string;
  node?: string;
}

const BABEL = ['babel-jest', '@babel/core', '@babel/preset-env', '@babel/preset-typescript'];

const setups: Record<string, Setup> = {
  'ts-jest': {
    extension: 'ts',
    packages: ['ts-jest', 'typescript', '@types/jest'],
    files: {
      ...twoBranches('ts'),
      'jest.config.js': "module.exports = { preset: 'ts-jest' };",
      'tsconfig.json':
        '{"compilerOptions":{"module":"CommonJS","target":"ES2022","esModuleInterop":true,"isolatedModules":true,"types":["jest"]}}',
    },
  },
  'babel-jest, which is Jest’s default': {
    extension: 'js',
    packages: BABEL,
    files: {
      ...twoBranches('js'),
      'babel.config.js':
        "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] };",
    },
  },
  '@swc/jest': {
    extension: 'ts',
    packages: ['@swc/jest', '@swc/core'],
    files: { ...twoBranches('ts'), 'jest.config.json': '{"transform":{"\\\\.ts$":"@swc/jest"}}' },
  },
  'no transform': {
    extension: 'js',
    packages: [],
    files: {
      ...commonJs(twoBranches('js')),
      'jest.config.js': 'module.exports = { transform: {} };',
    },
  },
  'native ES modules': {
    extension: 'mjs',
    packages: [],
    node: '--experimental-vm-modules',
    files: {
      ...Object.fromEntries(
        Object.entries(twoBranches('mjs')).map(([name, text]) => [
          name,
          text?.replace("'../src/sign'", "'../src/sign.mjs'") ?? null,
        ]),
      ),
      'jest.config.mjs': "export default { transform: {}, testMatch: ['**/*.test.mjs'] };",
    },
  },
};

const versions: Record<string, string> = { 'Jest 30': 'jest', 'Jest 29': 'jest29' };

test.each(inTurns(Object.keys(setups), Object.keys(versions)))(
  '%s, %s: the second run runs nothing, an edit runs who executed it',
  (name, version) => {
    const setup = setups[name];
    if (setup === undefined) throw new Error(name);
    const packages = Object.fromEntries(setup.packages.map((one) => [one, one]));
    project = new Project(setup.files, { jest: versions[version] ?? '', ...packages });
    const env = { NODE_OPTIONS: setup.node ?? '' };
    const files = {
      plus: `__tests__/plus.test.${setup.extension}`,
      minus: `__tests__/minus.test.${setup.extension}`,
    };
    const source = `src/sign.${setup.extension}`;

    const first = project.run([], { env });
    expect(first.messages.join('\n')).toContain('2 test files to run and record');
    expect(first).toMatchObject({ exitCode: 0, passed: [files.minus, files.plus] });

    const second = project.run([], { env });
    expect(second).toMatchObject({ exitCode: 0, ran: [] });
    expect(second.messages).toEqual([
      'nothing affected: all 2 test files are unchanged since they passed.',
    ]);

    project.edit(source, '// A comment.', '// Another comment.');
    expect(project.run([], { env }).ran).toEqual([]);

    project.edit(source, "'minus'", "'minus' + ''");
    const edited = project.run([], { env });
    expect(edited.messages[0]).toBe(`1 of 2 test files affected by 1 changed file (${source})`);
    expect(edited).toMatchObject({ exitCode: 0, passed: [files.minus] });

    project.edit(source, "'plus'", "'wrong'");
    expect(project.run([], { env })).toMatchObject({ exitCode: 1, failed: [files.plus] });
    // What failed stays selected, also when the older records match again.
    expect(project.run([], { env })).toMatchObject({ exitCode: 1, failed: [files.plus] });
    project.edit(source, "'wrong'", "'plus'");
    expect(project.run([], { env })).toMatchObject({ exitCode: 0, passed: [files.plus] });
    expect(project.run([], { env }).ran).toEqual([]);
    expect(project.leftovers()).toEqual([]);
  },
);
