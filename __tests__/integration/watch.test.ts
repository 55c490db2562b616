import { execFileSync } from 'node:child_process';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';
import { MARKER_FILE, WATCHED_FILES, Watcher } from './watcher';

jest.setTimeout(300_000);

let project: Project;
let watcher: Watcher | undefined;
afterEach(() => {
  watcher?.kill();
  watcher = undefined;
  project.remove();
});

const file = (name: string) => `__tests__/${name}.test.js`;
const ENTER = '\r';

/** One source and one test file per letter. */
function letters(names: readonly string[], key?: string): Files {
  const files: Files = {
    'jest.config.json': JSON.stringify({
      transform: {},
      watchPlugins: [[MARKER_FILE, { key }]],
    }),
    '.gitignore': 'node_modules\n.testmondata\n',
    ...WATCHED_FILES,
  };
  for (const name of names) {
    files[`src/${name}.js`] = `exports.${name} = () => '${name}';\n`;
    files[file(name)] =
      `const { ${name} } = require('../src/${name}');\ntest('${name} one', () => { expect(${name}()).toBe('${name}'); });\n`;
  }
  return files;
}

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd: project.root,
    stdio: 'ignore',
  });
}

test.each(['jest', 'jest29'])(
  '--watch of %s: each edit runs what it affects among what git calls changed, a key runs everything once',
  async (version) => {
    project = new Project(letters(['a', 'b', 'c', 'd']), { jest: version });
    expect(project.run().ran).toHaveLength(4);
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'all');
    watcher = new Watcher(project, ['--watch', '--maxWorkers=2']);
    // Jest's own answer: git calls nothing changed.
    expect(await watcher.run()).toMatchObject({ ran: [], messages: [] });

    project.edit('src/a.js', 'exports', '// A comment.\nexports');
    const comment = await watcher.run();
    expect(comment).toMatchObject({
      ran: [],
      messages: [
        'nothing affected: 1 test file is unchanged since it passed; press e to run everything.',
      ],
    });
    expect(comment.output).not.toContain('No tests found');

    project.edit('src/a.js', "'a'", "'' + 'a'");
    const edited = await watcher.run();
    expect(edited).toMatchObject({ ran: [file('a')], failed: [] });
    expect(edited.messages[0]).toBe('1 of 1 test file affected by 1 changed file (src/a.js)');

    project.edit('src/b.js', "'b'", "'wrong'");
    expect(await watcher.run()).toMatchObject({ ran: [file('b')], failed: [file('b')] });
    // What failed stays selected.
    project.edit('src/c.js', "'c'", "'' + 'c'");
    expect(await watcher.run()).toMatchObject({
      ran: [file('b'), file('c')],
      failed: [file('b')],
    });
    project.edit('src/b.js', "'wrong'", "'' + 'b'");
    expect(await watcher.run()).toMatchObject({ ran: [file('b')], failed: [] });

    // Everything: also what git calls unchanged.
    watcher.press('e');
    const everything = await watcher.run();
    expect(everything).toMatchObject({ ran: ['a', 'b', 'c', 'd'].map(file), failed: [] });
    expect(everything.messages).toEqual([
      'everything runs once: 4 test files, most likely to fail first; the next run selects again.',
    ]);
    watcher.press(ENTER);
    expect(await watcher.run()).toMatchObject({
      ran: [],
      messages: [
        'nothing affected: all 3 test files are unchanged since they passed; press e to run everything.',
      ],
    });
    // Every test file that Jest knows of.
    watcher.press('a');
    expect((await watcher.run()).messages[0]).toMatch(/^nothing affected: all 4 test files/);

    // A name pattern given with Jest's key names what to run, as on the command line.
    project.edit('src/d.js', "'d'", "'' + 'd'");
    expect(await watcher.run()).toMatchObject({ ran: [file('d')] });
    watcher.press('t');
    await watcher.until('Pattern Mode Usage');
    watcher.press('a one');
    await watcher.until('a one');
    watcher.press(ENTER);
    const named = await watcher.run();
    if (version === 'jest') {
      expect(named.ran).toEqual([file('a')]);
      expect(named.messages[0]).toMatch(/^-t names what to run, so 4 test files run/);
    } else {
      // Jest 29 tells a sequencer nothing of it, but a key helps.
      expect(named.ran).toEqual([]);
      watcher.press('e');
      expect((await watcher.run()).ran).toEqual([file('a')]);
    }

    expect(await watcher.quit()).toBe(0);
    expect(project.leftovers()).toEqual([]);
    expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  },
);

test('a transformer that is edited while Jest watches leaves no records that hold for it', async () => {
  project = new Project({
    ...letters(['a', 'b']),
    'jest.config.json': JSON.stringify({
      transform: { 'src/.*\\.js$': '<rootDir>/tools/transformer.js' },
      globalSetup: '<rootDir>/tools/setup.js',
      watchPlugins: [[MARKER_FILE, {}]],
    }),
    // What it sets is there when the next run begins.
    'tools/setup.js': "module.exports = () => { process.env.TZ = 'Asia/Tokyo'; };\n",
    'tools/transformer.js': `const { end } = require('./end');
module.exports = {
  getCacheKey: (code, file) => JSON.stringify([code, file, end]),
  process: (code) => ({ code: code + end }),
};
`,
    'tools/end.js': "exports.end = '';\n",
  });
  watcher = new Watcher(project, ['--watchAll', '--runInBand']);
  const all = ['a', 'b'].map(file);
  expect((await watcher.run()).ran).toEqual(all);
  project.edit('src/a.js', "'a'", "'' + 'a'");
  expect((await watcher.run()).ran).toEqual([file('a')]);

  const before = project.read('tools/end.js');
  project.write({ 'tools/end.js': "exports.end = 'exports.b = undefined;';\n" });
  const edited = await watcher.run();
  expect(edited).toMatchObject({ ran: all, failed: [] });
  expect(edited.messages).toEqual([
    expect.stringMatching(/has changed since Jest began to watch.* 2 test files run and nothing/),
  ]);
  expect(await watcher.quit()).toBe(0);
  expect(project.run()).toMatchObject({ exitCode: 1, ran: all, failed: [file('b')] });
  project.write({ 'tools/end.js': before });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
});

test('--watchAll in one process: an edit or an interrupt while tests run loses nothing; keys that collide', async () => {
  // Another plug-in has our key by default: it keeps it, and ours asks for nothing.
  project = new Project({
    ...letters(['a', 'b'], 'e'),
    'src/more.js': "exports.more = () => 'slow';\n",
    'src/slow.js': "exports.slow = () => require('./more').more();\n",
    [file('slow')]: `const { slow } = require('../src/slow');
test('slow', async () => { console.error('slow is running'); await new Promise((done) => setTimeout(done, 3000)); expect(slow()).toBe('slow'); });
`,
  });
  watcher = new Watcher(project, ['--watchAll', '--runInBand']);
  const all = ['a', 'b', 'slow'].map(file);
  expect((await watcher.run()).ran).toEqual(all);

  // An edit while tests run: Jest starts nothing for it, so a person is told.
  project.edit('src/slow.js', 'require', "'' + require");
  await watcher.until('affected by 1 changed file (src/slow.js)');
  project.edit('src/a.js', "'a'", "'' + 'a'");
  const meanwhile = await watcher.run();
  expect(meanwhile.ran).toEqual([file('slow')]);
  watcher.press(ENTER);
  const after = await watcher.run();
  expect(after.ran).toEqual([file('a')]);
  expect([...meanwhile.messages, ...after.messages]).toContain(
    'files changed while the tests ran; press Enter to run what that affects.',
  );

  // Interrupted: Jest gives no verdict on what runs, so that stays selected with what would have come after it.
  project.edit('src/slow.js', "'' +", "'' + '' +");
  project.edit('src/more.js', "'slow'", "'' + 'slow'");
  project.edit('src/b.js', "'b'", "'' + 'b'");
  await watcher.until('2 of 3 test files affected');
  watcher.press(ENTER);
  await watcher.run();
  watcher.press(ENTER);
  expect((await watcher.run()).ran).toEqual([file('b'), file('slow')]);

  watcher.press('e');
  expect(await watcher.run()).toMatchObject({ ran: [], messages: [] });
  watcher.press('E');
  expect((await watcher.run()).ran).toEqual(all);
  expect(await watcher.quit()).toBe(0);
  expect(project.leftovers()).toEqual([]);
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
});

test('what a compiler keeps in memory while Jest watches never stands for another run', async () => {
  project = new Project(
    {
      'jest.config.json': JSON.stringify({
        transform: { '\\.ts$': ['ts-jest', { diagnostics: false }] },
        watchPlugins: [[MARKER_FILE, {}]],
      }),
      'tsconfig.json': '{"compilerOptions":{"module":"CommonJS","target":"ES2022"}}',
      'src/sizes.ts': 'export const enum Size { Small = 1 }\n',
      'src/shirt.ts':
        "import { Size } from './sizes';\nexport const small = (): number => Size.Small;\n",
      '__tests__/shirt.test.ts':
        "import { small } from '../src/shirt';\ntest('is small', () => expect(small()).toBe(1));\n",
      ...WATCHED_FILES,
    },
    ['jest', 'ts-jest', 'typescript', '@types/jest', '@types/node'],
  );
  const all = ['__tests__/shirt.test.ts'];
  watcher = new Watcher(project, ['--watchAll', '--runInBand']);
  expect(await watcher.run()).toMatchObject({ ran: all, failed: [] });
  project.edit('src/sizes.ts', '1', '2');
  // ts-jest may compile with the source that it has in memory, as without us.
  expect((await watcher.run()).ran).toEqual(all);
  expect(await watcher.quit()).not.toBeNull();
  expect(project.run()).toMatchObject({ exitCode: 1, failed: all });
  project.edit('src/sizes.ts', '2', '1');
  expect(project.run()).toMatchObject({ exitCode: 0 });
});
