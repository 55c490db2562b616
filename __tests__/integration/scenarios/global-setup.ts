import { selecting, testing, type Family, type Files, type Project } from './scenario';

const SETUP = `
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const schema = require('./read-schema');
const at = (...names) => path.join(__dirname, ...names);

module.exports = async () => {
  if (schema === '') throw new Error('no schema');
  for (const name of fs.readdirSync(at('migrations'))) require(at('migrations', name)).up();
  execFileSync(process.execPath, [at('build.js')]);
  const server = spawn(process.execPath, [at('server.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => server.stdout.once('data', resolve));
  globalThis.fixtureServer = server;
  fs.writeFileSync(at('generated.json'), JSON.stringify({ port: Math.random() }));
  fs.appendFileSync(at('setup.log'), 'ran\\n');
  fs.writeFileSync(at('pid'), String(server.pid));
};
`;

const FILES: Files = {
  'setup.js': SETUP,
  'teardown.js': `
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const at = (...names) => path.join(__dirname, ...names);

module.exports = async () => {
  const server = globalThis.fixtureServer;
  await new Promise((resolve) => { server.once('exit', resolve); server.kill(); });
  // What the setup made and this removes is no input.
  JSON.parse(fs.readFileSync(at('generated.json'), 'utf8'));
  fs.readFileSync(at('setup.log'), 'utf8');
  fs.readFileSync(at('pid'), 'utf8');
  fs.rmSync(at('pid'));
  for (const name of fs.readdirSync(at('drops'))) fs.readFileSync(at('drops', name), 'utf8');
  execFileSync(process.execPath, [at('stop.js')]);
  if (fs.existsSync(at('keep'))) throw new Error('kept');
};
`,
  'drops/users.sql': 'drop table users;\n',
  'stop.js': "require('./stop-all');\n",
  'stop-all.js': 'exports.stopped = true;\n',
  'read-schema.js':
    "module.exports = require('node:fs').readFileSync(require('node:path').join(__dirname, 'schema.sql'), 'utf8');\n",
  'schema.sql': 'create table users (id integer);\n',
  'migrations/001.js': 'exports.up = () => undefined;\n',
  'build.js': `
const fs = require('node:fs');
const path = require('node:path');
const at = (...names) => path.join(__dirname, ...names);
fs.mkdirSync(at('built'), { recursive: true });
fs.writeFileSync(at('built/page.html'), fs.readFileSync(at('pages/page.md'), 'utf8'));
`,
  'pages/page.md': '# A page\n',
  'server.js': "require('./routes');\nconsole.log('listening');\nsetInterval(() => {}, 1000);\n",
  'routes.js': "exports.routes = ['/'];\n",
  'notes.txt': 'nobody reads this\n',
  '__tests__/page.test.js': testing(
    "expect(require('node:fs').readFileSync('built/page.html', 'utf8')).toContain('#');",
  ),
  '__tests__/port.test.js': testing("expect(require('../generated.json').port).toBeLessThan(1);"),
  '__tests__/plain.test.js': testing('expect(1).toBe(1);'),
};

const all = selecting(...['page', 'plain', 'port'].map((name) => `__tests__/${name}.test.js`));

const SCENARIOS: Family['scenarios'] = [
  { name: 'nothing changed', edit: () => undefined, expectRan: [] },
  {
    name: 'a file that nobody reads',
    edit: (project) => project.write({ 'notes.txt': 'nor this\n' }),
    expectRan: [],
  },
  all('a file that a module of the setup reads while it is loaded', (project) =>
    project.edit('schema.sql', 'integer', 'text'),
  ),
  all('a module that the setup finds in a folder', (project) =>
    project.edit('migrations/001.js', 'undefined', 'null'),
  ),
  all('a new module in a folder that the setup lists', (project) =>
    project.write({ 'migrations/002.js': 'exports.up = () => undefined;\n' }),
  ),
  all('what a program reads that the setup runs', (project) =>
    project.edit('pages/page.md', 'A page', 'Another page'),
  ),
  all('what a server loads that the setup starts', (project) =>
    project.edit('routes.js', "'/'", "'/', '/more'"),
  ),
  all('a file that the teardown reads', (project) =>
    project.edit('drops/users.sql', 'users', 'all_users'),
  ),
  all('a new file in a folder that the teardown lists', (project) =>
    project.write({ 'drops/more.sql': 'drop table more;\n' }),
  ),
  all('what a program loads that the teardown runs', (project) =>
    project.edit('stop-all.js', 'true', 'false'),
  ),
  all('the teardown itself', (project) => project.edit('teardown.js', 'kept', 'to be kept')),
];

/** What the global setup uses besides what it imports. */
export const globalSetup: Family = {
  name: 'the global setup at work',
  base: {
    files: {
      ...FILES,
      'jest.config.js':
        "module.exports = { transform: {}, globalSetup: './setup.js', globalTeardown: './teardown.js' };",
    },
  },
  scenarios: SCENARIOS,
};

/** The same for a setup that only a project names: Jest runs it beside ours. */
export const projectSetup: Family = {
  name: 'the global setup of a project at work',
  base: {
    files: {
      ...FILES,
      'jest.config.js':
        "module.exports = { projects: [{ transform: {}, globalSetup: './setup.js', globalTeardown: './teardown.js' }] };",
    },
  },
  scenarios: SCENARIOS,
};

/** The same where the root of several projects has the hooks. */
export const rootSetup: Family = {
  name: 'the global setup of several projects at work',
  base: {
    files: {
      ...FILES,
      'jest.config.js':
        "module.exports = { globalSetup: './setup.js', globalTeardown: './teardown.js', projects: [{ transform: {} }] };",
    },
  },
  scenarios: SCENARIOS,
};

const BUNDLE = (out: string): string =>
  `{ entryPoints: ['app/main.ts'], bundle: true, platform: 'node', outfile: 'dist/${out}.js' }`;

/** A setup that bundles by a program which nobody can watch, in its own process and in a child. */
export const bundlingSetup: Family = {
  name: 'a global setup that bundles',
  base: {
    packages: ['jest', 'esbuild'],
    files: {
      'jest.config.js': "module.exports = { transform: {}, globalSetup: './setup.js' };",
      'setup.js': `
const { execFileSync } = require('node:child_process');
const esbuild = require('esbuild');
module.exports = async () => {
  await esbuild.build(${BUNDLE('own')});
  esbuild.buildSync({ ...${BUNDLE('sync')}, entryPoints: ['app/other.ts'] });
  execFileSync(process.execPath, ['build.js']);
};
`,
      'build.js': `require('esbuild').build({ ...${BUNDLE('child')}, entryPoints: ['app/third.ts'] });\n`,
      'app/main.ts': "import { part } from './part';\nconsole.log(part as number);\n",
      'app/part.ts': 'export const part = 1;\n',
      'app/other.ts': "export { sync } from './sync';\n",
      'app/sync.ts': 'export const sync = 1;\n',
      'app/third.ts': "export { child } from './child';\n",
      'app/child.ts': 'export const child = 1;\n',
      'app/notes.md': 'notes\n',
      '__tests__/plain.test.js': testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    { name: 'nothing changed', edit: () => undefined, expectRan: [] },
    {
      name: 'a file beside the bundled ones',
      edit: (project) => project.write({ 'app/notes.md': 'other\n' }),
      expectRan: [],
    },
    ...['part', 'sync', 'child'].map((name) => ({
      name: `a module that is bundled (${name})`,
      edit: (project: Project) => project.edit(`app/${name}.ts`, '1', '2'),
      expectRan: ['__tests__/plain.test.js'],
      alone: true,
    })),
  ],
};

/** One that is compiled, as strictly as can be: what a compiler made is no program for it to compile again. */
export const typeScriptSetup: Family = {
  name: 'a global setup in TypeScript at work',
  base: {
    packages: ['jest', 'ts-jest', 'typescript', '@types/jest', '@types/node'],
    files: {
      'jest.config.js': "module.exports = { preset: 'ts-jest', globalSetup: './setup.ts' };",
      'tsconfig.json':
        '{"compilerOptions":{"target":"es2022","module":"commonjs","strict":true,"esModuleInterop":true,"types":["jest","node"]}}',
      'setup.ts': `
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
interface Migration {
  up(): number;
}
export default async (): Promise<void> => {
  for (const name of readdirSync(join(__dirname, 'migrations')))
    ((await import(join(__dirname, 'migrations', name))) as Migration).up();
};
`,
      'migrations/001.ts': 'export const up = (): number => 1;\n',
      '__tests__/plain.test.ts': testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    { name: 'nothing changed', edit: () => undefined, expectRan: [] },
    {
      name: 'a module that the setup finds in a folder',
      edit: (project) => project.edit('migrations/001.ts', '=> 1', '=> 2'),
      expectRan: ['__tests__/plain.test.ts'],
    },
  ],
};
