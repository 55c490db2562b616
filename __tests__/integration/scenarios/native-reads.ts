import { Database } from '../../sqlite';
import { NO_TRANSFORM, testing, type Family, type Project } from './scenario';

/** SQLite as this version of Node can load it, under the name that the fixture asks for. */
const DRIVER = Number(process.versions.node.split('.')[0]) < 22 ? '-node20' : '';

const test = (name: string): string => `__tests__/${name}.test.js`;

function store(project: Project, value: number): void {
  const database = new Database(project.path('fixtures/data.db'));
  database.exec(`DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT ${value} AS v`);
  database.close();
}

const BUNDLE =
  "{ entryPoints: ['fixtures/app.js'], bundle: true, write: false, absWorkingDir: process.cwd() }";

/** What native code reads by itself: addons, and programs that are told on their standard input. */
export const nativeReads: Family = {
  name: 'files that native code reads',
  base: {
    packages: {
      jest: 'jest',
      esbuild: 'esbuild',
      '@swc/core': '@swc/core',
      'better-sqlite3': `better-sqlite3${DRIVER}`,
    },
    files: {
      ...NO_TRANSFORM,
      'fixtures/app.js': "import { value } from './part';\nconsole.log(value);\n",
      'fixtures/part.js': 'export const value = 1;\n',
      [test('bundle')]: testing(
        `const { outputFiles } = await require('esbuild').build(${BUNDLE});\nexpect(outputFiles.length).toBe(1);`,
      ),
      [test('bundle-sync')]: testing(
        `expect(require('esbuild').buildSync(${BUNDLE}).outputFiles.length).toBe(1);`,
      ),
      [test('in-child')]: testing(
        `require('child_process').execFileSync(process.execPath, ['-e', "require('esbuild').buildSync(${BUNDLE})"]);`,
      ),
      [test('text-alone')]: testing(
        "const esbuild = require('esbuild');\nconst code = 'let build: number = 1';\nexpect(esbuild.transformSync(code, { loader: 'ts' }).code).toMatch('build');\nexpect((await esbuild.transform(code, { loader: 'ts' })).code).toMatch('build');",
      ),
      [test('compile')]: testing(
        "expect(require('@swc/core').transformFileSync('fixtures/part.js').code).toMatch('value');",
      ),
      [test('database')]: testing(
        "const Database = require('better-sqlite3');\nconst database = new Database('fixtures/data.db', { readonly: true });\nexpect(database.prepare('SELECT v FROM t').get().v).toBeGreaterThan(0);\ndatabase.close();",
      ),
      [test('nothing')]: testing('expect(1).toBe(1);'),
    },
    prepare: (project) => store(project, 1),
  },
  scenarios: [
    {
      name: 'a module that is bundled or compiled',
      edit: (project) => project.edit('fixtures/part.js', '1', '2'),
      expectRan: [test('bundle'), test('bundle-sync'), test('compile'), test('in-child')],
      alone: true,
    },
    {
      name: 'a file that a bundle would find first',
      edit: (project) => project.write({ 'fixtures/part.ts': 'export const value = 3;\n' }),
      expectRan: [test('bundle'), test('bundle-sync'), test('compile'), test('in-child')],
      alone: true,
    },
    {
      name: 'a database',
      edit: (project) => store(project, 2),
      expectRan: [
        ...[test('bundle'), test('bundle-sync'), test('compile')],
        ...[test('database'), test('in-child')],
      ],
      alone: true,
    },
  ],
};
