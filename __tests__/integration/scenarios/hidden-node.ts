import { NO_TRANSFORM, testing, type Family } from './scenario';

/** Commands by which Node starts without the variable that makes it report what it does. */
const HIDING: Record<string, string> = {
  cleared: "execSync('env -i ' + process.execPath + ' tools/read.js')",
  'cleared-by-words': "execFileSync('env', ['-i', process.execPath, 'tools/read.js'])",
  replaced: "execSync('NODE_OPTIONS=--no-warnings node tools/read.js')",
  exported: 'execSync(\'export NODE_OPTIONS="--no-warnings"; node tools/read.js\')',
  removed: "execSync('unset NODE_OPTIONS; node tools/read.js')",
  'removed-by-env': "execSync('env -u NODE_OPTIONS node tools/read.js')",
  'by-script': "execSync('sh tools/run.sh')",
  'by-manifest': "execSync('npm run -s read')",
};

/** Commands that look like them. */
const SHOWING: Record<string, string> = {
  extended: 'execSync(\'NODE_OPTIONS="$NODE_OPTIONS --no-warnings" node tools/read.js\')',
  given:
    "execSync('node tools/read.js', { env: { NODE_OPTIONS: '--no-warnings', PATH: process.env.PATH } })",
  empty: "execSync('node tools/read.js', { env: { PATH: process.env.PATH } })",
  added: "execSync('env COLOUR=red node tools/read.js')",
  asked: "execSync('echo $NODE_OPTIONS; node tools/read.js')",
};

const tests = (commands: Record<string, string>): string[] =>
  Object.keys(commands).map((name) => `__tests__/${name}.test.js`);

/** Node programs whose hook a command takes away: their test files run each time. */
export const hiddenNode: Family = {
  name: 'Node without its variables',
  base: {
    files: {
      ...NO_TRANSFORM,
      'package.json': JSON.stringify({
        name: 'fixture',
        scripts: { read: 'NODE_OPTIONS=--no-warnings node tools/read.js' },
      }),
      'tools/read.js':
        "console.log(require('fs').readFileSync(__dirname + '/text.txt', 'utf8'));\n",
      'tools/run.sh': 'NODE_OPTIONS= node tools/read.js\n',
      'tools/text.txt': 'text',
      ...Object.fromEntries(
        Object.entries({ ...HIDING, ...SHOWING }).map(([name, command]) => [
          `__tests__/${name}.test.js`,
          testing(
            `const { execSync, execFileSync } = require('child_process');\nexpect(String(${command})).toMatch('text');`,
          ),
        ]),
      ),
    },
  },
  unchanged: tests(HIDING),
  scenarios: [
    {
      name: 'a file that nobody reads',
      edit: (project) => project.write({ 'tools/other.txt': '' }),
      expectRan: tests(HIDING),
    },
    {
      name: 'a file that all of them read',
      edit: (project) => project.write({ 'tools/text.txt': 'text again' }),
      expectRan: tests({ ...HIDING, ...SHOWING }),
      alone: true,
    },
  ],
};
