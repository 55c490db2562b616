import { execFileSync } from 'node:child_process';
import { NO_TRANSFORM, testing, type Family, type Project } from './scenario';

const run = (name: string): string => `__tests__/${name}.test.js`;

/** Commands that tests run in the project's folder. What they say is not compared: rows say what must run. */
const COMMANDS: Record<string, string> = {
  list: 'ls folder',
  'list-in': 'cd inner && ls',
  pattern: 'cat parts/*.css',
  'pattern-of-folders': 'cat parts/*/deep.css',
  search: 'grep -rl needle searched',
  'search-here': 'grep -rl needle .',
  find: "find . -name '*.md'",
  environment: 'env',
  'print-variable': 'printenv SHELL_FLAG',
  script: 'python3 tools/show.py',
  make: 'make show',
  commit: 'git rev-parse HEAD',
  setting: 'git config --get my.key',
  tags: 'git tag --list',
  changes: 'git status --porcelain',
  'missing-with-dash': 'cat not-there.txt',
  nothing: 'echo env ls',
};

/** The same without a shell. */
const PROGRAMS: Record<string, string> = {
  'program-lists': "childProcess.spawnSync('ls', [], { cwd: at('inner') });",
  'program-searches': "childProcess.spawnSync('grep', ['-r', 'needle', at('searched')]);",
  'program-tells-of-commits': "childProcess.spawnSync('git', ['log', '-1'], { cwd: at('.') });",
  'program-prints-variable': "childProcess.spawnSync('printenv', ['SHELL_FLAG']);",
  'exec-without-folder': "await new Promise((end) => childProcess.exec('cat shown.txt', end));",
  'exec-file-without-folder':
    "await new Promise((end) => childProcess.execFile('cat', ['shown.txt'], end));",
  'lists-with-variable': "childProcess.spawnSync('WORD=1 ls', { shell: true, cwd: at('inner') });",
  'no-command': "childProcess.spawnSync('echo', ['env', 'ls', 'git']);",
};

const PREAMBLE = `const childProcess = require('child_process');
const at = (name) => require('path').join(__dirname, '..', name);
const shell = (command) => childProcess.spawnSync(command, { shell: true, cwd: at('.') });
`;

function git(project: Project, ...args: string[]): void {
  const named = ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args];
  execFileSync('git', named, { cwd: project.root, stdio: 'ignore' });
}

/** What programs other than Node look at that their commands do not name. */
export const programs: Family = {
  name: 'what programs look at',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(
        Object.entries(COMMANDS).map(([name, command]) => [
          run(name),
          PREAMBLE + testing(`shell(${JSON.stringify(command)});`),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(PROGRAMS).map(([name, body]) => [run(name), PREAMBLE + testing(body)]),
      ),
      'folder/one.txt': '',
      'inner/one.txt': '',
      'parts/one.css': '',
      'parts/two.txt': '',
      'parts/first/deep.css': '',
      'searched/a/one.txt': 'needle',
      'notes.md': '',
      'tools/show.py': "import os\nprint(os.environ.get('SHELL_FLAG'), open('shown.txt').read())\n",
      'shown.txt': '',
      Makefile: 'show:\n\tcat made.txt\n',
      'made.txt': '',
      '.gitignore': '.testmondata*\nnode_modules\n',
    },
    prepare: (project) => {
      git(project, 'init', '-q');
      git(project, 'add', '-A');
      git(project, 'commit', '-qm', 'first');
    },
    env: { SHELL_FLAG: '1' },
  },
  isGrouped: false,
  scenarios: [
    {
      name: 'files in folders that are listed, searched, or matched by a pattern',
      edit: (project) =>
        project.write({
          'folder/two.txt': '',
          'inner/two.txt': '',
          'parts/other.css': '',
          'parts/first/deep.css': 'other',
          'searched/b/two.txt': 'needle',
          'not-there.txt': '',
        }),
      expectRan: [
        ...['changes', 'find', 'list', 'list-in', 'lists-with-variable', 'missing-with-dash'],
        ...['pattern', 'pattern-of-folders'],
        ...['program-lists', 'program-searches', 'search', 'search-here'],
      ].map(run),
    },
    {
      name: 'what a script of another language and a Makefile name',
      edit: (project) => project.write({ 'shown.txt': 'other', 'made.txt': 'other' }),
      expectRan: [
        ...['changes', 'exec-file-without-folder', 'exec-without-folder', 'make', 'script'],
        'search-here',
      ].map(run),
    },
    {
      name: 'a variable that programs print',
      edit: () => undefined,
      env: { SHELL_FLAG: '2' },
      expectRan: ['environment', 'print-variable', 'program-prints-variable', 'script'].map(run),
    },
    {
      name: 'a tag and a setting of git',
      edit: (project) => {
        git(project, 'tag', 'v1');
        git(project, 'config', 'my.key', '1');
      },
      expectRan: ['changes', 'commit', 'program-tells-of-commits', 'setting', 'tags'].map(run),
    },
  ],
};
