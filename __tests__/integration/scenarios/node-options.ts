import * as fs from 'node:fs';
import Module from 'node:module';
import { testing, type Family } from './scenario';

const run = (name: string): string => `__tests__/${name}.test.js`;

const PREAMBLE = `const childProcess = require('child_process');
const fs = require('fs');
const at = (name) => require('path').join(__dirname, '..', name);
const start = (...args) => childProcess.spawnSync(process.execPath, args, { cwd: at('.') });
const attempt = async (work) => {
  try {
    return await work();
  } catch {}
};
`;

const BODIES: Record<string, string> = {
  // An older Node has no such option: what it would run counts all the same.
  script: "start('--run', 'show');",
  'script-in-shell': "childProcess.spawnSync('sh', ['-c', 'node --run show'], { cwd: at('.') });",
  tests: "start('--test', 'checks');",
  space: "await attempt(() => fs.statfsSync(at('space')));",
  'space-promised': "await attempt(() => fs.promises.statfs(at('space')));",
  'space-of-child': `start('-e', "try { require('fs').statfsSync('space'); } catch {}");`,
  times: "await attempt(() => fs.utimesSync(at('times'), 1, 1));",
  link: "expect(fs.lstatSync(at('link')).isSymbolicLink()).toBeDefined();",
  // An older Node has no such function.
  manifest:
    "await attempt(() => require('module').findPackageJSON('./x.js', require('url').pathToFileURL(at('inner/y.js'))));",
  folder: "expect(fs.existsSync(at('node_modules/no-package'))).toBeDefined();",
  // Hooks of the project run in a thread that nobody watches.
  'registered-hooks': "start('--import', './hooks/register.mjs', 'hooks/script.mjs');",
  'loader-hooks': "start('--loader', './hooks/hooks.mjs', 'hooks/script.mjs');",
  'installed-hooks': "start('--import', 'hooks-package', 'hooks/script.mjs');",
  // No hook is loaded there: what it reads is not known.
  snapshot: "start('--snapshot-blob', at('made.blob'), '--build-snapshot', 'snapshot.js');",
};

/** What these read is not known. */
const UNKNOWN = ['snapshot', 'registered-hooks', 'loader-hooks'].map(run);

/** What Node does with files by its options, and looks at files that read nothing of them. */
export const nodeOptions: Family = {
  name: 'options of Node and other looks at files',
  base: {
    files: {
      'jest.config.js':
        "module.exports = { transform: {}, testMatch: ['**/__tests__/*.test.js'] };",
      'package.json': '{"name":"fixture","private":true,"scripts":{"show":"cat shown.txt"}}',
      'shown.txt': 'text',
      'linked.txt': 'text',
      'checks/one.test.mjs': "import test from 'node:test';\ntest('one', () => {});\n",
      'snapshot.js': "require('fs').readFileSync('inside.txt');\n",
      'inside.txt': 'text',
      'inner/x.js': '',
      'hooks/register.mjs':
        "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n",
      'hooks/hooks.mjs': '',
      'hooks/script.mjs': '',
      'node_modules/hooks-package/package.json':
        '{"name":"hooks-package","version":"1.0.0","main":"index.mjs"}',
      'node_modules/hooks-package/index.mjs':
        "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n",
      'node_modules/hooks-package/hooks.mjs': '',
      ...Object.fromEntries(
        Object.entries(BODIES).map(([name, body]) => [run(name), PREAMBLE + testing(body)]),
      ),
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
    prepare: (project) => fs.symlinkSync('linked.txt', project.path('link')),
  },
  unchanged: UNKNOWN,
  scenarios: [
    {
      name: 'what --run starts',
      edit: (project) => project.write({ 'shown.txt': 'other' }),
      expectRan: [run('script'), run('script-in-shell'), ...UNKNOWN],
    },
    {
      name: 'the text of the script that --run starts',
      edit: (project) => project.edit('package.json', 'cat ', 'cat  '),
      expectRan: [run('script'), run('script-in-shell'), ...UNKNOWN],
    },
    {
      name: 'a test that --test would find',
      edit: (project) => project.write({ 'checks/two.test.mjs': '' }),
      expectRan: [run('tests'), ...UNKNOWN],
    },
    {
      name: 'paths of which only the file system, or the times, were asked for',
      edit: (project) => project.write({ space: '', times: '' }),
      expectRan: [
        run('space'),
        run('space-promised'),
        run('space-of-child'),
        run('times'),
        ...UNKNOWN,
      ],
    },
    {
      name: 'a link that becomes a file',
      edit: (project) => {
        project.write({ link: null });
        project.write({ link: 'text' });
      },
      expectRan: [run('link'), ...UNKNOWN],
    },
    {
      name: 'a folder in node_modules that is no package',
      edit: (project) => project.write({ 'node_modules/no-package/index.js': '' }),
      expectRan: [run('folder'), ...UNKNOWN],
    },
    {
      name: 'a package.json where findPackageJSON looks',
      edit: (project) => project.write({ 'inner/package.json': '{}' }),
      expectRan: 'findPackageJSON' in Module ? [run('manifest'), ...UNKNOWN] : [...UNKNOWN],
    },
  ],
};
