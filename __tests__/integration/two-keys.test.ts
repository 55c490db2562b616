import { Project, type Files, type RunResult } from './harness';
import { inQuick } from '../turns';
import { MARKER_FILE, WATCHED_FILES, Watcher } from './watcher';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const KEYS = "globalSetup: 'jest-testmon/global-setup'";
const NODE = `${KEYS}, testEnvironment: 'jest-testmon/environment'`;
const JSDOM = `${KEYS}, testEnvironment: 'jest-testmon/environment-jsdom'`;

/** What runs code in a project, and how its modules are written. */
interface Stack {
  /** Keys of the config beside ours. */
  transform: string;
  /** Of source files. */
  extension: string;
  isModule: boolean;
  environment?: 'jsdom';
  packages: string[];
  jest?: 'jest29';
  files?: Files;
  args: string[];
  env?: NodeJS.ProcessEnv;
}

const STACKS: Record<string, Stack> = {
  'no transformer, in band': {
    transform: 'transform: {}',
    extension: 'js',
    isModule: false,
    packages: [],
    args: ['-i'],
  },
  'ts-jest, one worker': {
    transform: "transform: { '\\\\.ts$': ['ts-jest', { diagnostics: false }] }",
    extension: 'ts',
    isModule: true,
    packages: ['ts-jest', 'typescript', '@types/jest', '@types/node'],
    files: {
      'tsconfig.json': '{ "compilerOptions": { "module": "commonjs", "esModuleInterop": true } }',
    },
    args: ['--maxWorkers=1'],
  },
  'SWC in jsdom, three workers': {
    transform: "transform: { '\\\\.js$': '@swc/jest' }",
    extension: 'js',
    isModule: true,
    environment: 'jsdom',
    packages: ['@swc/jest', '@swc/core'],
    args: ['--maxWorkers=3'],
  },
  'babel-jest, Jest 29, three workers': {
    transform: '',
    extension: 'js',
    isModule: true,
    packages: ['@babel/core', '@babel/preset-env'],
    jest: 'jest29',
    files: {
      'babel.config.js':
        "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] };\n",
    },
    args: ['--maxWorkers=3'],
  },
  'no transformer in jsdom, Jest 29, in band': {
    transform: 'transform: {}',
    extension: 'js',
    isModule: false,
    environment: 'jsdom',
    packages: [],
    jest: 'jest29',
    args: ['-i'],
  },
  'ES modules, three workers': {
    transform: "transform: {}, testMatch: ['**/*.test.mjs'], moduleFileExtensions: ['js', 'mjs']",
    extension: 'mjs',
    isModule: true,
    packages: [],
    args: ['--maxWorkers=3'],
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
  },
};

/** Each module says on stderr that it is loaded. */
const LOADED = (name: string): string => `process['_rawDebug']('loaded ${name}');\n`;

function filesOf({ extension, isModule, transform, environment, files }: Stack): Files {
  const written = (name: string, text: string): Files => ({ [`${name}.${extension}`]: text });
  const load = (what: string, from: string) =>
    isModule
      ? `import ${what} from '${from}${extension === 'mjs' && from.startsWith('.') ? '.mjs' : ''}';\n`
      : `const ${what} = require('${from}');\n`;
  const exported = isModule
    ? 'export function'
    : 'exports.sign = sign; exports.unused = unused;\nfunction';
  const plain = isModule ? 'export function' : 'function';
  const docblock =
    environment === 'jsdom'
      ? '/** @jest-environment node */\n'
      : '/** @jest-environment jsdom */\n';
  return {
    'jest.config.js': `module.exports = { ${environment === 'jsdom' ? JSDOM : NODE}, ${transform} };\n`,
    'data.txt': 'data',
    ...written(
      'src/sign',
      `${LOADED('sign')}${exported} sign(n) { if (n > 0) { return 'plus'; } else { return 'minus'; } }\n${plain} unused() { return 1; }\n`,
    ),
    ...written(
      '__tests__/plus.test',
      `${load('{ sign }', '../src/sign')}${LOADED('plus')}describe('of one', () => { test('plus', () => { expect(sign(1)).toBe('plus'); }); test.todo('later'); });\n`,
    ),
    ...written(
      '__tests__/minus.test',
      `${docblock}${load('{ sign }', '../src/sign')}${LOADED('minus')}test('minus', () => { expect(sign(-1) + typeof document).toBe('minus${environment === 'jsdom' ? 'undefined' : 'object'}'); });\n`,
    ),
    ...written(
      '__tests__/data.test',
      `${load(isModule ? '* as fs' : 'fs', 'fs')}${LOADED('data')}test('data', () => { expect(fs.readFileSync('data.txt', 'utf8')).toMatch(/data/); });\n`,
    ),
    ...written(
      '__tests__/flag.test',
      `${LOADED('flag')}test('flag', () => { expect(process.env.FLAG).not.toBe('3'); });\n`,
    ),
    ...files,
  };
}

function install(stack: Stack, files: Files = {}): void {
  const is29 = stack.jest === 'jest29';
  const packages: [string, string][] = [
    ...stack.packages.map((name): [string, string] => [name, name]),
    ['jest', stack.jest ?? 'jest'],
    ['jest-environment-jsdom', is29 ? 'jest-environment-jsdom29' : 'jest-environment-jsdom'],
    [
      'jest-environment-node',
      is29 ? 'jest29/node_modules/jest-environment-node' : 'jest-environment-node',
    ],
  ];
  project = new Project({ ...filesOf(stack), ...files }, Object.fromEntries(packages));
  project.install();
}

/** Which modules were loaded, and which test files ran, by their names. */
function seen({ exitCode, ran, stderr }: RunResult) {
  const loaded = [...stderr.matchAll(/^loaded (\w+)$/gm)].map(([, name]) => String(name));
  return {
    exitCode,
    ran: ran.map((file) => /(\w+)\.test/.exec(file)?.[1]),
    loaded: [...new Set(loaded)].sort(),
  };
}

/** Edits and a variable, and which test files run by them. */
const EDITS: [
  name: string,
  edit: (extension: string) => NodeJS.ProcessEnv | undefined,
  ran: string[],
][] = [
  [
    'a comment, and a function that nobody calls',
    (e) => {
      project.edit(`src/sign.${e}`, '{ if', '{ /* of a number */ if');
      project.edit(`src/sign.${e}`, 'return 1', 'return 2');
      return undefined;
    },
    [],
  ],
  [
    'a branch of a function',
    (e) => {
      project.edit(`src/sign.${e}`, "'plus'", "'pl' + 'us'");
      return undefined;
    },
    ['plus'],
  ],
  [
    'a data file and a variable',
    () => {
      project.edit('data.txt', 'data', 'more data');
      return { FLAG: '2' };
    },
    ['data', 'flag'],
  ],
];

describe('globalSetup and testEnvironment alone', () => {
  test.each(inQuick(Object.keys(STACKS)))('%s: as precise as withTestmon', (name) => {
    const stack = STACKS[name];
    if (stack === undefined) throw new Error(name);
    install(stack);
    const all = ['data', 'flag', 'minus', 'plus'];
    const withKeys = (env: NodeJS.ProcessEnv = {}) =>
      project.run(stack.args, { plain: true, env: { ...stack.env, ...env } });
    expect(seen(withKeys())).toEqual({ exitCode: 0, ran: all, loaded: [...all, 'sign'] });
    for (const [what, edit, ran] of EDITS) {
      const env = edit(stack.extension) ?? {};
      const loaded = ran.includes('plus') ? ['plus', 'sign'] : ran;
      expect([what, seen(withKeys(env))]).toEqual([what, { exitCode: 0, ran, loaded }]);
    }
    project.edit(`src/sign.${stack.extension}`, "'minus'", "'wrong'");
    expect(seen(withKeys({ FLAG: '2' }))).toMatchObject({ exitCode: 1, ran: ['minus'] });
    expect(project.leftovers()).toEqual([]);
  });

  test('the edits run the same test files by withTestmon', () => {
    const stack = STACKS['no transformer, in band'] as Stack;
    install(stack, {
      'jest.config.js':
        "module.exports = require('jest-testmon').withTestmon({ transform: {} });\n",
    });
    const run = (env: NodeJS.ProcessEnv = {}) => project.run(stack.args, { plain: true, env });
    run();
    for (const [what, edit, ran] of EDITS)
      expect([what, seen(run(edit(stack.extension) ?? {})).ran]).toEqual([what, ran]);
    // It is the same environment, so the two keys find the same records, and make the same ones.
    project.write({ 'jest.config.js': String(filesOf(stack)['jest.config.js']) });
    const FLAG = '2';
    expect(seen(run({ FLAG }))).toEqual({ exitCode: 0, ran: [], loaded: [] });
    project.edit('src/sign.js', "'minus'", "'mi' + 'nus'");
    expect(seen(run({ FLAG })).ran).toEqual(['minus']);
    expect(project.run(stack.args, { env: { FLAG } }).ran).toEqual([]);
  });

  test('eight workers, a changed package and an environment without a row: nobody but the controller writes', () => {
    const tests = Object.fromEntries(
      Array.from({ length: 16 }, (_, index): [string, string] => [
        `__tests__/t${index}.test.js`,
        `test('t${index}', () => { expect(require('parts').part(${index})).toBe(${index}); });\n`,
      ]),
    );
    install(STACKS['no transformer, in band'] as Stack, {
      ...Object.fromEntries(
        ['plus', 'minus', 'data', 'flag'].map((name) => [`__tests__/${name}.test.js`, null]),
      ),
      ...tests,
      'node_modules/parts/package.json': '{ "name": "parts", "version": "1.0.0" }\n',
      'node_modules/parts/index.js': 'exports.part = (n) => n;\n',
    });
    const run = (env: NodeJS.ProcessEnv = {}) =>
      project.run(['--maxWorkers=8'], { plain: true, env });
    expect(run().ran).toHaveLength(16);
    expect(run().ran).toEqual([]);
    project.edit('node_modules/parts/package.json', '1.0.0', '1.0.1');
    const other = run({ TESTMON_ENV: 'other' });
    expect(other.ran).toHaveLength(16);
    expect(other).toMatchObject({ exitCode: 0 });
    expect(other.stderr).not.toMatch(/readonly|SQLITE|could not be recorded/i);
    expect(run({ TESTMON_ENV: 'other' }).ran).toEqual([]);
    expect(run().ran).toHaveLength(16);
    expect(project.leftovers()).toEqual([]);
  });
});

describe('a test file that is not loaded', () => {
  const stack = STACKS['no transformer, in band'] as Stack;

  test('keeps its snapshots: none is obsolete, and -u removes none', () => {
    install(stack, {
      '__tests__/plus.test.js':
        "test('plus', () => { expect({ sign: 'plus' }).toMatchSnapshot(); expect(require('../src/sign').sign(1)).toBe('plus'); });\n",
    });
    const run = (args: string[]) => project.run(args, { plain: true });
    run([]);
    const snapshots = project.read('__tests__/__snapshots__/plus.test.js.snap');
    const skipped = run(['--ci']);
    expect(skipped).toMatchObject({ exitCode: 0, ran: [] });
    expect(skipped.stderr).not.toMatch(/obsolete/);
    expect(run(['-u'])).toMatchObject({ exitCode: 0 });
    expect(project.run(['-u'], { plain: true, env: { TESTMON_FORCESELECT: '1' } })).toMatchObject({
      exitCode: 0,
      ran: [],
    });
    expect(project.read('__tests__/__snapshots__/plus.test.js.snap')).toBe(snapshots);
  });

  test('is loaded as it is by another test file, also in the same process', () => {
    install(stack, {
      '__tests__/plus.test.js':
        "exports.shared = () => 'shared';\ntest('plus', () => { expect(require('../src/sign').sign(1)).toBe('plus'); });\n",
      '__tests__/using.test.js':
        "const { shared } = require('./plus.test');\ntest('using', () => { expect(shared() + require('../src/sign').sign(-1)).toMatch(/^shared/); });\n",
    });
    const run = () => project.run(['-i'], { plain: true });
    expect(run()).toMatchObject({ exitCode: 0 });
    project.edit('src/sign.js', "'minus'", "'mi' + 'nus'");
    expect(run()).toMatchObject({
      exitCode: 0,
      ran: ['__tests__/minus.test.js', '__tests__/using.test.js'],
    });
    project.edit('__tests__/plus.test.js', "'shared'", "'other'");
    expect(run()).toMatchObject({ exitCode: 1, failed: ['__tests__/using.test.js'] });
  });

  test('counts only where it exists', () => {
    install(STACKS['no transformer, in band'] as Stack);
    expect(project.run(['-i'], { plain: true }).exitCode).toBe(0);
    project.write({ '__tests__/minus.test.js': null });
    // The second run knows that it was not there in the first.
    for (const round of [1, 2]) {
      const [message] = project.run(['-i'], { plain: true }).messages;
      expect([round, message]).toEqual([
        round,
        expect.stringMatching(/: 3 test files are unchanged/),
      ]);
    }
  });

  test('runs where the command line or coverage asks for it, and with TESTMON=0', () => {
    install(stack);
    const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
      project.run(args, { plain: true, env });
    run([]);
    expect(run([]).ran).toEqual([]);
    expect(run(['-t', 'plus']).ran).toContain('__tests__/plus.test.js');
    // Without our sequencer no coverage is carried, although it is recorded.
    for (let nth = 0; nth < 2; nth += 1) expect(run(['--coverage']).ran).toHaveLength(4);
    expect(run([], { TESTMON: '0' }).ran).toHaveLength(4);
    project.edit('jest.config.js', 'transform: {}', 'transform: {}, collectCoverage: true');
    const covered = run([]);
    expect(covered.ran).toHaveLength(4);
    expect(covered.messages).toEqual([
      expect.stringMatching(
        /^the Jest config asks for a coverage report, so everything runs and is recorded; --coverage=false selects/,
      ),
    ]);
    expect(run(['--coverage=false']).ran).toEqual([]);
    expect(covered.stdout).toMatch(/sign\.js\s+\|\s+85/);
  });
});

describe('without a plug point that is told of outcomes', () => {
  test.each(
    inQuick([
      ['Jest 30', undefined],
      ['Jest 29', 'jest29'],
    ] as const),
  )('what Jest fails later than its worker stays selected: %s', (_, version) => {
    install(
      { ...(STACKS['no transformer, in band'] as Stack), jest: version },
      {
        'torn.js': `const { TestEnvironment } = require('jest-environment-node');
module.exports = class extends TestEnvironment {
  async teardown() { await super.teardown(); throw new Error('not torn down'); }
};\n`,
        '__tests__/torn.test.js': "/** @jest-environment ./torn.js */\ntest('passes', () => {});\n",
        '__tests__/empty.test.js': '',
        '__tests__/leak.test.js': "require('http').kept = globalThis;\ntest('passes', () => {});\n",
        '__tests__/minus.test.js': null,
      },
    );
    const run = () => project.run(['--maxWorkers=2', '--detectLeaks'], { plain: true });
    const failed = ['empty', 'leak', 'torn'].map((name) => `__tests__/${name}.test.js`);
    const first = run();
    expect(first).toMatchObject({ exitCode: 1 });
    // Jest 29 may take another test file for one that leaks, as V8 holds its global object for a moment.
    expect(first.failed).toEqual(expect.arrayContaining(failed));
    expect(first.stderr).not.toMatch(/jest-testmon.dist/);
    expect(run().failed).toEqual(expect.arrayContaining(failed));
  });

  test('each run of --watchAll selects by what the ones before recorded', async () => {
    install(STACKS['no transformer, in band'] as Stack, {
      'jest.config.js': `module.exports = { ${NODE}, transform: {}, watchPlugins: ['${MARKER_FILE}'] };\n`,
      ...WATCHED_FILES,
    });
    const command = project.path('node_modules/jest/bin/jest.js');
    const watcher = new Watcher(project, ['--watchAll', '--maxWorkers=2'], command);
    try {
      expect((await watcher.run()).ran).toHaveLength(4);
      project.edit('src/sign.js', "'plus'", "'wrong'");
      const plus = ['__tests__/plus.test.js'];
      expect(await watcher.run()).toMatchObject({ ran: plus, failed: plus });
      watcher.press('\r');
      expect(await watcher.run()).toMatchObject({ ran: plus, failed: plus });
      project.edit('src/sign.js', "'wrong'", "'pl' + 'us'");
      expect(await watcher.run()).toMatchObject({ ran: plus, failed: [] });
      watcher.press('\r');
      expect(await watcher.run()).toMatchObject({ ran: [] });
      expect(await watcher.quit()).toBe(0);
    } finally {
      watcher.kill();
    }
    expect(project.run(['--maxWorkers=2'], { plain: true }).ran).toEqual([]);
  });
});
