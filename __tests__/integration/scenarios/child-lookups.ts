import * as fs from 'node:fs';
import { NO_TRANSFORM, testing, type Family, type Files, type Project } from './scenario';

const run = (name: string): string => `__tests__/${name}.test.js`;

const OPTIONAL = (specifier: string): string =>
  `let found = 'none';\ntry {\n  found = require('${specifier}');\n} catch {}\nconsole.log(found);\n`;
const OPTIONAL_IMPORT = (specifier: string): string =>
  `const found = await import('${specifier}').catch(() => 'none');\nconsole.log(found);\nexport {};\n`;

/** By script: its source, below `tool/`. */
const SCRIPTS: Files = {
  'better.js': "console.log(require('./v'));\n",
  'missing.js': OPTIONAL('./missing-module'),
  'optional.js': OPTIONAL('optional-package'),
  'scoped.js': OPTIONAL('@scope/optional/inner'),
  'made.js': `const { createRequire } = require('module');\nconst found = (() => {\n  try {\n    return createRequire(process.cwd() + '/tool/deep/')('./made-here');\n  } catch {}\n})();\nconsole.log(found);\n`,
  'located.js':
    "let found;\ntry {\n  found = require.resolve('located', { paths: [__dirname + '/elsewhere'] });\n} catch {}\nconsole.log(found);\n",
  'linked.js': "console.log(require('./link'));\n",
  'workspace.js': "console.log(require('workspace'));\n",
  'own-name.js': "let found;\ntry {\n  found = require('#own');\n} catch {}\nconsole.log(found);\n",
  'kept/folder.js': "console.log(require('./part/index.js'));\n",
  'kept/part/index.js': "module.exports = 'part';\n",
  'import-missing.mjs': OPTIONAL_IMPORT('./missing-import.mjs'),
  'import-optional.mjs': OPTIONAL_IMPORT('optional-import'),
  'import-scoped.mjs': OPTIONAL_IMPORT('@scope/imported/inner'),
  'import-located.mjs':
    "let found;\ntry {\n  found = import.meta.resolve('located-import');\n} catch {}\nconsole.log(found);\n",
  'import-in-script.js': "import('imported-by-script').catch(() => 'none').then(console.log);\n",
  'import-workspace.mjs': "import found from 'workspace';\nconsole.log(found);\n",
  'import-linked.mjs': "import found from './link.js';\nconsole.log(found);\n",
};

/** Scripts that are started in another way than by their path. */
const STARTED: Record<string, string> = {
  'by-folder': "start(['tool/entry'])",
  evaluated: `start(['-e', ${JSON.stringify(OPTIONAL('./tool/by-evaluated'))}])`,
  printed: `start(['-p', "(() => { try { return require('by-printed'); } catch {} })()"])`,
  'from-input': `start([], { input: ${JSON.stringify(OPTIONAL('./tool/by-input'))} })`,
  'module-evaluated': `start(['--input-type=module', '-e', ${JSON.stringify(OPTIONAL_IMPORT('./tool/by-module.mjs'))}])`,
  preloaded: "start(['--require', './tool/preload', '-p', '1'])",
  'preloaded-by-variable':
    "start(['-p', '1'], { env: { ...process.env, NODE_OPTIONS: '--require ./tool/preload-too' } })",
  'imported-first': "start(['--import', './tool/import-first.mjs', '-p', '1'])",
  'given-node-path':
    "start(['-p', \"(() => { try { return require('by-node-path'); } catch {} })()\"], { env: { ...process.env, NODE_PATH: at('paths') } })",
  command: "childProcess.execFileSync(at('tool/command'), { encoding: 'utf8' })",
  forked:
    "await new Promise((end) => childProcess.fork(at('tool/forked.js'), { stdio: 'ignore' }).once('exit', end))",
  thread:
    "await new Promise((end) => new (require('worker_threads').Worker)(at('tool/thread.js'), { stdout: true }).once('exit', end))",
  'module-thread':
    "await new Promise((end) => new (require('worker_threads').Worker)(at('tool/thread.mjs'), { stdout: true }).once('exit', end))",
};

const PREAMBLE = `const childProcess = require('child_process');
const at = (name) => require('path').join(__dirname, '..', name);
const start = (args, options) => childProcess.execFileSync(process.execPath, args, { cwd: at('.'), encoding: 'utf8', ...options });
`;

const nameOf = (script: string): string => script.replace(/[./]/g, '-');

function link(project: Project, place: string, target: string): void {
  project.write({ [place]: null });
  fs.symlinkSync(target, project.path(place));
}

const MODULE = 'module.exports = 1;\n';

/** Where child processes and worker threads find modules. */
export const childLookups: Family = {
  name: 'module lookups of children and threads',
  base: {
    files: {
      ...NO_TRANSFORM,
      'package.json':
        '{"name":"fixture","private":true,"imports":{"#own":"./tool/own.js"},"workspaces":["packages/*"]}',
      ...Object.fromEntries(
        Object.entries(SCRIPTS).flatMap(([script, source]): [string, string | null][] => [
          [`tool/${script}`, source],
          [
            run(nameOf(script)),
            PREAMBLE + testing(`expect(start(['tool/${script}'])).toBeDefined();`),
          ],
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(STARTED).map(([name, expression]) => [
          run(name),
          PREAMBLE + testing(`const result = ${expression};\nexpect(result).toBe(result);`),
        ]),
      ),
      'tool/v/index.js': MODULE,
      'tool/entry/index.js': "console.log('entry');\n",
      'tool/preload.js': OPTIONAL('./preload-missing'),
      'tool/preload-too.js': OPTIONAL('./preload-too-missing'),
      'tool/import-first.mjs': OPTIONAL_IMPORT('./import-first-missing.mjs'),
      'tool/command': `#!/usr/bin/env node\n${OPTIONAL('./command-missing')}`,
      'tool/forked.js': OPTIONAL('./forked-missing'),
      'tool/thread.js': OPTIONAL('./thread-missing'),
      'tool/thread.mjs': OPTIONAL_IMPORT('./thread-missing.mjs'),
      'tool/one.js': MODULE,
      'tool/two.js': MODULE,
      'packages/workspace/package.json': '{"name":"workspace","main":"main.js"}',
      'packages/workspace/main.js': MODULE,
      'packages/workspace/other.js': MODULE,
      'packages/else/package.json': '{"name":"workspace","main":"main.js"}',
      'packages/else/main.js': MODULE,
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
    prepare: (project) => {
      link(project, 'tool/link.js', 'one.js');
      link(project, 'node_modules/workspace', '../packages/workspace');
      fs.chmodSync(project.path('tool/command'), 0o755);
    },
  },
  scenarios: [
    {
      name: 'a file beside a folder with an index',
      edit: (project) => project.write({ 'tool/v.js': MODULE, 'tool/entry.js': '' }),
      expectRan: [run('better-js'), run('by-folder')],
    },
    {
      name: 'modules that were missing, by their paths',
      edit: (project) =>
        project.write({
          'tool/missing-module.json': '1',
          'tool/deep/made-here/index.js': MODULE,
          'tool/missing-import.mjs': '',
          'tool/own.js': MODULE,
        }),
      expectRan: [run('missing-js'), run('made-js'), run('import-missing-mjs'), run('own-name-js')],
    },
    {
      name: 'packages that were not installed',
      edit: (project) =>
        project.write({
          'node_modules/optional-package.js': MODULE,
          'node_modules/@scope/optional/inner.js': MODULE,
          'tool/elsewhere/node_modules/located/index.js': MODULE,
          'node_modules/optional-import/index.js': MODULE,
          'node_modules/@scope/imported/inner': '',
          'node_modules/located-import/package.json': '{"name":"located-import","version":"1.0.0"}',
          'node_modules/imported-by-script/index.js': MODULE,
        }),
      expectRan: [
        run('optional-js'),
        run('scoped-js'),
        run('located-js'),
        run('import-optional-mjs'),
        run('import-scoped-mjs'),
        run('import-located-mjs'),
        run('import-in-script-js'),
      ],
    },
    {
      name: 'a package that is nearer than a linked one',
      edit: (project) =>
        project.write({
          'tool/node_modules/workspace/package.json': '{"name":"workspace","version":"1.0.0"}',
          'tool/node_modules/workspace/index.js': MODULE,
        }),
      expectRan: [run('workspace-js'), run('import-workspace-mjs')],
    },
    {
      name: 'the main of a linked package',
      edit: (project) => project.edit('packages/workspace/package.json', 'main.js', 'other.js'),
      expectRan: [run('workspace-js'), run('import-workspace-mjs')],
    },
    {
      name: 'links that lead elsewhere',
      edit: (project) => {
        link(project, 'tool/link.js', 'two.js');
        link(project, 'node_modules/workspace', '../packages/else');
      },
      expectRan: [
        run('linked-js'),
        run('import-linked-mjs'),
        run('workspace-js'),
        run('import-workspace-mjs'),
      ],
    },
    {
      name: 'the type of modules, in a package.json on the way to them',
      edit: (project) => project.write({ 'tool/kept/package.json': '{"type":"module"}' }),
      expectRan: [run('kept-folder-js'), run('kept-part-index-js')],
      expectExit: 1,
    },
    {
      name: 'what scripts miss that are started in other ways',
      edit: (project) =>
        project.write({
          'tool/by-evaluated.js': MODULE,
          'node_modules/by-printed/index.js': MODULE,
          'tool/by-input.js': MODULE,
          'tool/by-module.mjs': '',
          'paths/by-node-path.js': MODULE,
          'tool/preload-missing.js': MODULE,
          'tool/preload-too-missing.js': MODULE,
          'tool/import-first-missing.mjs': '',
        }),
      expectRan: [
        run('evaluated'),
        run('printed'),
        run('from-input'),
        run('module-evaluated'),
        run('given-node-path'),
        run('preloaded'),
        run('preloaded-by-variable'),
        run('imported-first'),
      ],
    },
    {
      name: 'what commands, forks and threads miss',
      edit: (project) =>
        project.write({
          'tool/command-missing.js': MODULE,
          'tool/forked-missing.js': MODULE,
          'tool/thread-missing.js': MODULE,
          'tool/thread-missing.mjs': '',
        }),
      expectRan: [run('command'), run('forked'), run('thread'), run('module-thread')],
    },
    {
      name: 'modules that nothing looks for',
      edit: (project) =>
        project.write({ 'tool/unrelated.js': '', 'node_modules/unrelated/index.js': '' }),
      expectRan: [],
    },
  ],
};
