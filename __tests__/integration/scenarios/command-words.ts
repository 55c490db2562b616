import { NO_TRANSFORM, selecting, testing, type Family } from './scenario';

const run = (name: string): string => `__tests__/${name}.test.js`;

const PREAMBLE = `const childProcess = require('child_process');
const at = (...names) => require('path').join(__dirname, '..', ...names);
const shell = (command, options) => childProcess.spawnSync(command, { shell: true, cwd: at('.'), ...options });
const program = (name, args, options) => childProcess.spawnSync(name, args, { cwd: at('.'), ...options });
`;

/** What tests do. What programs say is not compared: rows say what must run. */
const TESTS: Record<string, string> = {
  'single-quotes': `shell("cat 'x y.txt'");`,
  'double-quotes': `program('sh', ['-c', 'cat "x y.txt"']);`,
  escaped: `shell('cat x\\\\ y.txt');`,
  'quotes-in-quotes': `shell('sh -c "cat \\'x y.txt\\'"');`,
  'absolute-in-quotes': 'shell(`cat "${at("x y.txt")}"`);',
  'script-in-quotes': `shell("sh 'a script.sh'");`,
  'option-in-quotes': `shell("grep --file='x y.txt' -c one", { input: 'one' });`,
  'braces-list': `program('bash', ['-c', 'cat x{1,2}.txt']);`,
  'braces-range': `program('bash', ['-c', 'cat x{1..2}.txt']);`,
  'braces-nested': `program('bash', ['-c', 'cat {x{1,2},none}.txt']);`,
  tilde: `shell('cat ~/p1', { env: { HOME: at('home'), PATH: process.env.PATH } });`,
  'test-f': `shell('test -f missing1 && echo y');`,
  brackets: `shell('[ ! -e missing1 ] || echo y');`,
  'double-brackets': `program('bash', ['-c', 'if [[ -d missing1 || -f other ]]; then echo y; fi']);`,
  'missing-operand': `shell('cat missing1 || true');`,
  'missing-program-operand': `program('cat', ['missing1']);`,
  'python-exists': `program('python3', ['-c', 'import os; print(os.path.exists("missing1"))']);`,
  'perl-exists': `program('perl', ['-e', 'print -e "missing1" ? 1 : 0']);`,
  'glued-options': `program('grep', ['-cfp1'], { input: 'one' });`,
  'glued-with-at': `program('echo', ['@p1']);`,
  'shell-by-input': `program('sh', ['-s'], { input: 'cat p1' });`,
  'shell-by-input-alone': `program('sh', [], { input: Buffer.from('cat p1') });`,
  'python-by-input': `program('python3', ['-'], { input: 'import lib; print(lib.V)' });`,
  'shell-text-by-input': `shell('bash', { input: 'cat p1' });`,
  'shell-by-pipe':
    "const child = childProcess.spawn('sh', [], { cwd: at('.') }); child.stdin.end('cat p1'); await new Promise((end) => child.on('close', end));",
  'printed-script': `shell('node -p "1" | sh');`,
  substituted: `shell('cat $(cat list)');`,
  'substituted-by-redirection': `program('bash', ['-c', 'cat $(<list)']);`,
  backticks: "shell('cat `cat list`');",
  xargs: `shell('xargs cat < list');`,
  'xargs-of-cat': `shell('cat list | xargs cat');`,
  'xargs-of-input': `shell('xargs cat', { input: 'p1' });`,
  'xargs-of-ls': `shell('ls | xargs cat');`,
  'xargs-of-unknown': `shell('./names | xargs cat');`,
  lines: `shell('while read name; do cat $name; done < list');`,
  'printenv-lower': `program('printenv', ['brk_lower']);`,
  'printenv-lower-in-shell': `shell('printenv brk_lower');`,
  perl: `program('perl', ['-e', 'print $ENV{brk_lower}']);`,
  awk: `program('awk', ['BEGIN{print ENVIRON["brk_lower"]}']);`,
  'awk-made': `program('awk', ['BEGIN{print ENVIRON["brk" "_lower"]}']);`,
  python: `program('python3', ['-c', 'import os; print(os.environ.get("brk_lower"))']);`,
  'python-made': `program('python3', ['-c', 'import os; print(os.getenv("brk_" + "lower"))']);`,
  indirect: `program('bash', ['-c', 'n=brk_; k=\${n}lower; echo \${!k}']);`,
  eval: `shell('n=lower; eval "echo \\\\$brk_$n"');`,
  nothing: `shell('echo x y.txt "a test -f b" ~');`,
};

const VARIABLES = ['perl', 'awk', 'awk-made', 'python', 'python-made', 'indirect', 'eval'];
const ALWAYS = ['shell-by-pipe', 'printed-script', 'xargs-of-unknown'].map(run);
const QUOTED = Object.keys(TESTS).filter(
  (name) => name.includes('-quotes') && name !== 'script-in-quotes',
);
const MISSING = Object.keys(TESTS).filter((name) =>
  /^(?:test-f|brackets|double-brackets|missing-.*|.*-exists)$/.test(name),
);
const LISTED = [
  'substituted',
  'substituted-by-redirection',
  'backticks',
  'xargs',
  'xargs-of-cat',
  'lines',
];

/** Makes a row that selects these and those that run each time. */
const row = (
  names: readonly string[],
  name: string,
  edit: Parameters<ReturnType<typeof selecting>>[1],
) => selecting(...new Set([...names.map(run), ...ALWAYS]))(name, edit);

const ofVariables = [...VARIABLES, 'printenv-lower', 'printenv-lower-in-shell'];

/** Names that stand in a command in another way than as plain words. */
export const commandWords: Family = {
  name: 'words of commands',
  isGrouped: false,
  unchanged: ALWAYS,
  base: {
    env: { brk_lower: '1' },
    files: {
      ...NO_TRANSFORM,
      'x y.txt': 'one',
      'x1.txt': 'o',
      'x2.txt': 'ne',
      p1: 'one',
      list: 'p1\n',
      names: '#!/bin/sh\necho p1\n',
      'home/p1': 'one',
      'a script.sh': 'echo one\n',
      'lib.py': 'V="one"\n',
      ...Object.fromEntries(
        Object.entries(TESTS).map(([name, body]) => [run(name), PREAMBLE + testing(body)]),
      ),
    },
  },
  scenarios: [
    row(['xargs-of-ls', 'escaped', ...QUOTED], 'a file with a space in its name', (project) => {
      project.write({ 'x y.txt': 'two' });
    }),
    row(['xargs-of-ls', 'script-in-quotes'], 'a script with a space in its name', (project) => {
      project.write({ 'a script.sh': 'echo two\n' });
    }),
    row(
      ['xargs-of-ls', 'braces-list', 'braces-range', 'braces-nested'],
      'a file that braces name',
      (project) => {
        project.write({ 'x2.txt': 'no' });
      },
    ),
    row(['tilde', 'xargs-of-ls'], "a file in the user's folder", (project) => {
      project.write({ 'home/p1': 'two' });
    }),
    row(
      ['awk-made', 'xargs-of-ls', ...MISSING],
      'a file that was asked about in vain',
      (project) => {
        project.write({ missing1: '' });
      },
    ),
    row(
      [
        ...[
          'xargs-of-ls',
          'glued-options',
          'glued-with-at',
          'shell-by-input',
          'shell-by-input-alone',
        ],
        ...['shell-text-by-input', 'xargs-of-input'],
        ...LISTED,
      ],
      'a file that options, scripts and lists name',
      (project) => {
        project.write({ p1: 'two' });
      },
    ),
    row(
      ['xargs-of-ls', 'python-by-input'],
      'what a script on the standard input loads',
      (project) => {
        project.write({ 'lib.py': 'V="two"\n' });
      },
    ),
    {
      ...row(ofVariables, 'a variable with a lower name', () => undefined),
      env: { brk_lower: '2' },
    },
    {
      ...row(ofVariables, 'a variable with a lower name is gone', () => undefined),
      env: { brk_lower: undefined },
    },
  ],
};
