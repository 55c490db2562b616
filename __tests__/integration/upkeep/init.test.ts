import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from '../harness';
import { command } from './command';

jest.setTimeout(300_000);

const REPOSITORY = path.resolve(__dirname, '../../..');
const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

/** A project with jest-testmon installed, its command too. */
function makeProject(files: Files, packages: readonly string[] = ['jest']): Project {
  const project = new Project(
    { 't/one.test.js': "test('one', () => undefined);\n", ...files },
    packages,
  );
  made.push(project);
  fs.symlinkSync(REPOSITORY, project.path('node_modules/jest-testmon'), 'dir');
  fs.mkdirSync(project.path('node_modules/.bin'));
  fs.symlinkSync('../jest-testmon/dist/cli.js', project.path('node_modules/.bin/jest-testmon'));
  return project;
}

/** Every file of the project by name. */
function contents({ root }: Project): Files {
  const names = fs.readdirSync(root, { recursive: true }).map(String);
  const files = names.filter((name) => !/^node_modules|^\.testmondata/.test(name));
  return Object.fromEntries(
    files
      .filter((name) => fs.statSync(path.join(root, name)).isFile())
      .map((name) => [name, fs.readFileSync(path.join(root, name), 'utf8')]),
  );
}

test.each<[string, Files, string]>([
  ['.js', { 'jest.config.js': 'module.exports = { transform: {} };\n' }, 'jest.config.js'],
  ['.cjs', { 'jest.config.cjs': 'module.exports = { transform: {} };\n' }, 'jest.config.cjs'],
  ['.mjs', { 'jest.config.mjs': 'export default {\n  transform: {},\n};\n' }, 'jest.config.mjs'],
  ['.json', { 'jest.config.json': '{\n  "transform": {}\n}\n' }, 'jest.config.js'],
  [
    '.ts',
    {
      'jest.config.ts':
        '/** @jest-config-loader-options {"transpileOnly": true} */\nimport type { Config } from \'jest\';\n\nconst config: Config = { transform: {} };\nexport default config;\n',
    },
    'jest.config.ts',
  ],
  [
    'package.json',
    { 'package.json': '{\n  "name": "x",\n  "jest": {\n    "transform": {}\n  }\n}\n' },
    'jest.config.js',
  ],
  [
    'no config, in a package of ES modules',
    { 'package.json': '{ "type": "module" }' },
    'jest.config.js',
  ],
])('a config in %s: shown, made, and then nothing to do', (_, files, written) => {
  const project = makeProject(files, [
    'jest',
    'ts-node',
    'typescript',
    '@types/jest',
    '@types/node',
  ]);
  const before = contents(project);
  const shown = command(project, ['init']);
  expect(shown).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(
      /\+.*withTestmon\([^]*\+\.testmondata\*\n[^]*Nothing was changed; --yes makes/,
    ),
    stderr: '',
  });
  expect(contents(project)).toEqual(before);

  expect(command(project, ['init', '--yes'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(project.read(written)).toMatch(/withTestmon\(/);
  expect(project.read('.gitignore')).toBe('.testmondata*\n');
  expect(project.run([], { plain: true })).toMatchObject({ exitCode: 0, ran: ['t/one.test.js'] });
  expect(project.run([], { plain: true })).toMatchObject({ exitCode: 0, ran: [] });

  const after = contents(project);
  expect(command(project, ['init', '--yes'])).toMatchObject({
    exitCode: 0,
    stdout: 'Everything is set up; there is nothing to do.\n',
  });
  expect(contents(project)).toEqual(after);
});

test('what cannot be done well is left alone, with what to do by hand', () => {
  const project = makeProject({ 'jest.config.js': 'exports.transform = {};\n', '.gitignore': 'x' });
  expect(command(project, ['init', '--yes', '--json'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^testmon: jest\.config\.js was not changed, as .*withTestmon\(c/,
    ),
  });
  expect(project.read('jest.config.js')).toBe('exports.transform = {};\n');
  expect(project.read('.gitignore')).toBe('x\n.testmondata*\n');

  // What looked well and does not load is taken back.
  project.write({
    'jest.config.js': 'const withTestmon = 1;\nmodule.exports = { transform: {} };\n',
    '.gitignore': null,
  });
  const before = contents(project);
  expect(command(project, ['init', '--yes'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/did not load \(.*\), so every file is as it was/),
  });
  expect(contents(project)).toEqual(before);

  fs.rmSync(project.path('node_modules/jest-testmon'));
  expect(command(project, ['init', '--yes'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/install jest-testmon first/),
  });
  expect(command(project, ['init', '--ci', 'jenkins'])).toMatchObject({ exitCode: 2 });
  expect(command(project, ['init', '--help']).stdout).toMatch(
    /Exit codes:[^]*\$ jest-testmon init --yes --ci github/,
  );
});

const SERVICES = {
  github: {
    file: '.github/workflows/testmon.yml',
    shell: (text: string) => [...text.matchAll(/run: (.*)$/gm)].map(([, step = '']) => step),
    shard: (nth: number) => ({ SHARD: String(nth) }),
  },
  gitlab: {
    file: '.gitlab-ci.yml',
    shell: (text: string) => [...text.matchAll(/^ {4}- (.*)$/gm)].map(([, step = '']) => step),
    shard: (nth: number) => ({ CI_NODE_INDEX: String(nth), CI_NODE_TOTAL: '2' }),
  },
  circleci: {
    file: '.circleci/config.yml',
    shell: (text: string) => [...text.matchAll(/run: (.*)$/gm)].map(([, step = '']) => step),
    shard: (nth: number) => ({ CIRCLE_NODE_INDEX: String(nth - 1), CIRCLE_NODE_TOTAL: '2' }),
  },
};

/** Runs shell steps as a job of CI would; the last one's outcome. */
function shell(project: Project, steps: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  for (const step of steps) {
    const { status, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', step], {
      cwd: project.root,
      encoding: 'utf8',
      env: { ...process.env, TESTMON: '', TMPDIR: project.temporary, NO_COLOR: '1', ...env },
    });
    if (status !== 0) throw new Error(`${step} ended with ${status}\n${stderr}`);
  }
}

/**
 * GitHub's side of `gh api`: it lists the comments of a pull request, adds one or changes one. Of what `--jq` can say, it
 * knows what the recipe says.
 */
const GH = `#!/usr/bin/env node
const fs = require('fs');
const [command, ...args] = process.argv.slice(2);
const option = (name) => args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
const place = args.find((one) => one.startsWith('repos/'));
const comments = JSON.parse(fs.readFileSync(process.env.GH_COMMENTS, 'utf8'));
if (command !== 'api' || process.env.GH_TOKEN !== 'token') throw new Error('not understood');
const [, id] = /^repos\\/me\\/shop\\/issues\\/comments\\/(\\d+)$/.exec(place) ?? [];
if (id === undefined && place !== 'repos/me/shop/issues/7/comments') throw new Error(place);
const body = option('-F')?.replace(/^body=@(.*)$/s, (_, file) => fs.readFileSync(file, 'utf8'));
const login = 'github-actions[bot]';
switch (option('--method')) {
  case 'PATCH':
    comments.find((one) => String(one.id) === id && one.user.login === login).body = body;
    break;
  case 'POST':
    comments.push({ id: comments.length + 1, user: { login }, body });
    break;
  default: {
    const [, user, start] = /^\\.\\[\\] \\| select\\(\\.user\\.login == "(.*?)" and \\(\\.body \\| startswith\\("(.*?)"\\)\\)\\) \\| \\.id$/.exec(option('--jq'));
    for (const one of comments) if (one.user.login === user && one.body.startsWith(start)) console.log(one.id);
  }
}
fs.writeFileSync(process.env.GH_COMMENTS, JSON.stringify(comments));
`;

/** Somebody who quotes our comment. */
const theirs = '<!-- jest-testmon -->\nsee this?';

/** What is said on the pull request after a job that comments: each time the same pull request. */
function commentsAfter(steps: readonly string[], job: Project): string[] {
  job.write({ 'bin/gh': GH });
  fs.chmodSync(job.path('bin/gh'), 0o755);
  ghComments ??= JSON.stringify([{ id: 1, user: { login: 'somebody' }, body: theirs }]);
  job.write({ 'comments.json': ghComments });
  shell(job, steps, {
    PATH: `${job.path('bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
    GH_TOKEN: 'token',
    GH_COMMENTS: job.path('comments.json'),
    GITHUB_REPOSITORY: 'me/shop',
    COMMENTS: 'repos/me/shop/issues/7/comments',
  });
  ghComments = job.read('comments.json');
  return (JSON.parse(ghComments) as { body: string }[]).map(({ body }) => body);
}
let ghComments: string | undefined;

(process.platform === 'win32' ? test.skip : test).each(
  Object.keys(SERVICES) as (keyof typeof SERVICES)[],
)('the shell steps for %s: two shards, merged, leave nothing to run', (service) => {
  const { file, shell: stepsOf, shard } = SERVICES[service];
  const project = makeProject({
    'jest.config.js': 'module.exports = { transform: {} };\n',
    'package-lock.json': '{}',
    't/two.test.js': "test('two', () => undefined);\n",
    't/three.test.js': "test('three', () => undefined);\n",
  });
  const args = ['init', '--yes', '--ci', service, '--shards', '2'];
  expect(command(project, args)).toMatchObject({ exitCode: 0, stderr: '' });
  const steps = stepsOf(project.read(file)).filter((step) => step !== 'npm ci');
  const at = steps.findIndex((step) => step.startsWith('npx jest-testmon --shard='));
  const ofBase = steps.slice(0, at - 1);
  const [takeBase = '', runShard = '', keepShard = '', ...merging] = steps.slice(at - 1);
  expect(takeBase).toMatch(/^if .*base\.db/);
  const ofMerge = merging.findIndex((step) => step.startsWith('gh ')) >>> 0;
  const comments: string[][] = [];
  const writtenBy = (last: Project, steps: string[]): string[] => {
    // The job has nothing but the artifact.
    const job = new Project({ 'comment.md': last.read('comment.md') }, []);
    made.push(job);
    return commentsAfter(steps, job);
  };
  const branch = { CI_COMMIT_REF_NAME: 'feature/a', CI_DEFAULT_BRANCH: 'main' };

  /** A job of its own, in a clone of its own, with what other jobs left. */
  const job = (...from: Project[]): Project => {
    const clone = project.copy();
    made.push(clone);
    for (const { root } of from)
      fs.cpSync(path.join(root, 'records'), clone.path('records'), { recursive: true });
    return clone;
  };
  const pipeline = (): Project => {
    const base = job();
    shell(base, ofBase, branch);
    const shards = [1, 2].map((nth) => {
      const clone = job(base);
      shell(clone, [takeBase, runShard, keepShard], shard(nth));
      return clone;
    });
    const last = job(base, ...shards);
    shell(last, merging.slice(0, ofMerge), branch);
    if (service === 'github') comments.push(writtenBy(last, merging.slice(ofMerge)));
    return last;
  };
  const first = pipeline();
  expect(first.run().ran).toEqual([]);
  fs.copyFileSync(first.path('.testmondata'), project.path('.testmondata'));
  project.edit('t/two.test.js', 'undefined', 'void 0');
  expect(project.run(['--listTests']).stdout.trim()).toBe(project.path('t/two.test.js'));
  if (service === 'github') {
    expect(pipeline().run().ran).toEqual([]);
    expect(comments).toEqual([
      [
        theirs,
        expect.stringMatching(/^<!-- jest-testmon -->\n### jest-testmon: 3 of 3 test files ran\n/),
      ],
      [
        theirs,
        expect.stringMatching(
          /^<!-- jest-testmon -->\n### jest-testmon: 1 of 3 test files ran\n\n- \*\*Why:\*\* 1 by 1 change \(`t\/two\.test\.js`\)/,
        ),
      ],
    ]);
  }
  if (service === 'gitlab')
    for (const [name, isUsed] of [
      ['feature/a', true],
      ['feature-a', false],
    ] as const) {
      // What the cache restores of a branch with the same slug.
      const restored = first.copy();
      made.push(restored);
      fs.rmSync(restored.path('records'), { recursive: true });
      shell(restored, ofBase, { ...branch, CI_COMMIT_REF_NAME: name });
      expect(fs.existsSync(restored.path('records/base.db'))).toBe(isUsed);
    }

  // It stays as it is once it is there.
  expect(command(project, args)).toMatchObject({ exitCode: 0 });
  project.edit(file, 'testmon', 'my testmon');
  const kept = project.read(file);
  expect(command(project, args)).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/exists and stays as it is[^]*jest-testmon merge/),
  });
  expect(project.read(file)).toBe(kept);
});

/** Branches that are easily taken for each other. */
const BRANCHES = ['main', 'Main', 'main-', 'main-2', 'main.', 'feature/a', 'feature-a', 'main/x'];

/** Source: GitLab, predefined variables: `CI_COMMIT_REF_SLUG`. */
const slug = (branch: string) =>
  branch
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');

describe('the keys of CI caches', () => {
  const written = (service: string): string => {
    const project = makeProject({ 'jest.config.js': 'module.exports = { transform: {} };\n' });
    expect(command(project, ['init', '--yes', '--ci', service])).toMatchObject({ exitCode: 0 });
    return project.read(SERVICES[service as 'github'].file);
  };

  test('CircleCI, which takes the newest key that begins so: only the same branch, and main', () => {
    const keys = [...written('circleci').matchAll(/'(testmon:.*)'$/gm)].map(([, key = '']) => key);
    const of = (branch: string) =>
      keys.map((key) => key.replace('{{ .Branch }}', branch).replace('{{ epoch }}', '1764435600'));
    expect(keys).toHaveLength(3);
    for (const branch of BRANCHES) {
      const [own = '', main = ''] = of(branch);
      const found = (prefix: string) =>
        BRANCHES.filter((other) => of(other)[2]?.startsWith(prefix) === true);
      expect([found(own), found(main)]).toEqual([[branch], ['main']]);
    }
  });

  test('GitLab, which takes exactly that key: no unprotected branch writes what main restores', () => {
    const [, key = ''] = /key: (.*)/.exec(written('gitlab')) ?? [];
    const [, fallback = ''] = /fallback_keys: \[(.*)\]/.exec(written('gitlab')) ?? [];
    const expand = (text: string, branch: string) =>
      text
        .replace('$CI_COMMIT_REF_PROTECTED', String(branch === 'main'))
        .replace('$CI_COMMIT_REF_SLUG', slug(branch))
        .replace('$CI_DEFAULT_BRANCH', 'main');
    const main = expand(key, 'main');
    expect(main).toBe('testmon.true.main');
    for (const branch of BRANCHES) {
      if (branch !== 'main') expect(expand(key, branch)).not.toBe(main);
      expect(expand(fallback, branch)).toBe(main);
      expect(expand(key, branch)).not.toMatch(/[/$]/);
    }
  });

  test('GitHub keeps those of a pull request apart by itself: the key names the run alone', () => {
    const keys = [...written('github').matchAll(/key(?:s)?: (testmon.*)/g)].map(([, key]) => key);
    const run = 'testmon-${{ github.run_id }}-${{ github.run_attempt }}';
    expect(keys).toEqual([run, 'testmon-', run]);
  });
});
