import * as fs from 'node:fs';
import * as path from 'node:path';
import { NO_TRANSFORM, testing, type Family, type Files, type Scenario } from './scenario';

/** One test file per way to read `fixtures/<name>.txt`. */
const READERS: Record<string, string> = {
  sync: "expect(require('fs').readFileSync(file, 'utf8')).toBeTruthy();",
  callback:
    "expect(await new Promise((done) => require('fs').readFile(file, 'utf8', (_error, text) => done(text)))).toBeTruthy();",
  promise: "expect(await require('node:fs/promises').readFile(file, 'utf8')).toBeTruthy();",
  stream:
    "let text = ''; for await (const part of require('fs').createReadStream(file)) text += part; expect(text).toBeTruthy();",
  descriptor: `
const fs = require('fs');
const descriptor = fs.openSync(file, 'r');
expect(fs.readSync(descriptor, Buffer.alloc(4))).toBeGreaterThan(0);
fs.closeSync(descriptor);`,
  handle:
    "const handle = await require('fs').promises.open(file); expect(await handle.readFile('utf8')).toBeTruthy(); await handle.close();",
  url: "expect(require('fs').readFileSync(require('url').pathToFileURL(file), 'utf8')).toBeTruthy();",
  graceful: "expect(require('graceful-fs').readFileSync(file, 'utf8')).toBeTruthy();",
  extra: "expect(await require('fs-extra').readFile(file, 'utf8')).toBeTruthy();",
  size: "expect(require('fs').statSync(file).size).toBeGreaterThan(0);",
  variables: 'process.loadEnvFile(file); expect(process.env).toBeTruthy();',
  copied: `
const fs = require('fs');
const folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'copy-'));
fs.copyFileSync(file, path.join(folder, 'copy.txt'));
expect(fs.readFileSync(path.join(folder, 'copy.txt'), 'utf8')).toBeTruthy();`,
};

const IN_FIXTURES =
  "const path = require('path');\nconst at = (name) => path.join(__dirname, '../fixtures', name);\n";

/** The tests that look for something, by name. */
const LOOKERS: Files = {
  exists: "expect(typeof require('fs').existsSync(at('wanted.txt'))).toBe('boolean');",
  failing:
    "let text = null; try { text = require('fs').readFileSync(at('wanted.txt'), 'utf8'); } catch {} expect(text).not.toBe('');",
  rejected:
    "const text = await require('fs/promises').readFile(at('wanted.txt'), 'utf8').catch(() => null); expect(text).not.toBe('');",
  access:
    "const found = await require('fs/promises').access(at('wanted.txt')).then(() => true, () => false); expect(typeof found).toBe('boolean');",
  present: "expect(typeof require('fs').existsSync(at('sync.txt'))).toBe('boolean');",
  list: "expect(require('fs').readdirSync(at('folder')).length).toBeGreaterThan(0);",
  opened:
    "let n = 0; for await (const _ of await require('fs').promises.opendir(at('folder'))) n += 1; expect(n).toBeGreaterThan(0);",
  tree: "expect(require('fs').readdirSync(at('folder'), { recursive: true }).length).toBeGreaterThan(0);",
  native: "expect(require('fs').realpathSync.native(at('link'))).toBeTruthy();",
  written: `
const fs = require('fs');
fs.writeFileSync(at('own.txt'), String(Math.random()));
expect(fs.readFileSync(at('own.txt'), 'utf8')).toBeTruthy();`,
};

function readers(...names: string[]): string[] {
  return names.map((name) => `__tests__/${name}.test.js`);
}

/** Paths that can lead to nothing: looking at one fails, and with the error that Node gives. */
const ODD_PATHS = `${IN_FIXTURES}const fs = require('fs');
const { execFileSync } = require('child_process');
const odd = {
  ENOTDIR: [at('sync.txt/below.txt'), at('node_modules/file.css/package.json'), at('node_modules/file.css/a.js')],
  ELOOP: [at('loop'), at('loop/below.txt')],
  ENAMETOOLONG: [at('long'.repeat(1_000)), at('node_modules/' + 'long'.repeat(1_000) + '/a.js')],
  ERR_INVALID_ARG_VALUE: [at('nothing\\0there'), at('node_modules/nothing\\0there/a.js')],
};
test('names', () => {
  expect(fs.existsSync('C:\\\\work\\\\file.txt')).toBe(false);
  expect(process.env['odd\\0name']).toBe(undefined);
  expect(() => require('odd\\0name')).toThrow('odd');
  expect(() => require('./odd\\0name')).toThrow('odd');
  expect(() => require('long'.repeat(2_000))).toThrow('long');
});
const looks = ['stat', 'readFile', 'access', 'readdir', 'open', 'copyFile', 'realpath'];
const codes = async (file) => {
  const seen = [];
  for (const look of looks) {
    try { fs[look + 'Sync'](file, look === 'copyFile' ? at('copy') : undefined); } catch ({ code }) { seen.push(code); }
    await fs.promises[look](file, look === 'copyFile' ? at('copy') : undefined).catch(({ code }) => seen.push(code));
  }
  try { fs.mkdirSync(file + '/x', { recursive: true }); } catch ({ code }) { seen.push(code); }
  return [...new Set(seen)];
};
for (const [code, files] of Object.entries(odd))
  test.each(files)(code + ' %#', async (file) => {
    expect(await codes(file)).toEqual([code]);
    expect(fs.existsSync(file)).toBe(false);
    const child = 'try { require("fs").statSync(JSON.parse(process.argv[1])) } catch ({ code }) { console.log(code) }';
    expect(execFileSync(process.execPath, ['-e', child, JSON.stringify(file)], { encoding: 'utf8' })).toBe(code + '\\n');
  });
`;

/** The fixtures of some readers change, and no others. */
function changed(how: string, ...names: string[]): Scenario {
  return {
    name: `content that was read ${how}`,
    edit: (project) => {
      for (const name of names) project.write({ [`fixtures/${name}.txt`]: 'another text' });
    },
    expectRan: readers(...names),
  };
}

/** Fixtures that tests read for themselves. */
export const files: Family = {
  name: 'files that tests read',
  base: {
    packages: ['jest', 'graceful-fs'],
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(Object.keys(READERS).map((name) => [`fixtures/${name}.txt`, 'text'])),
      ...Object.fromEntries(
        Object.entries(READERS).map(([name, body]) => [
          `__tests__/${name}.test.js`,
          `${IN_FIXTURES}const file = at('${name}.txt');\n${testing(body)}`,
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(LOOKERS).map(([name, body]) => [
          `__tests__/${name}.test.js`,
          IN_FIXTURES + testing(String(body)),
        ]),
      ),
      '__tests__/odd.test.js': ODD_PATHS,
      'fixtures/node_modules/file.css': 'not a package',
      'fixtures/folder/one.txt': '1',
      'fixtures/folder/below/two.txt': '2',
      'fixtures/own.txt': 'from the test itself',
      // As fs-extra does it: every function of graceful-fs as a promise where no callback is given.
      'node_modules/fs-extra/package.json':
        '{"name":"fs-extra","version":"11.0.0","main":"index.js"}',
      'node_modules/fs-extra/index.js':
        "const { promisify } = require('util');\nconst fs = require('graceful-fs');\nmodule.exports = { ...fs, readFile: promisify(fs.readFile) };\n",
      '__tests__/outside.test.js': testing(
        "expect(require('fs').readFileSync(require('path').join(__dirname, '../../outside.txt'), 'utf8')).toBeTruthy();",
      ),
      '../outside.txt': 'outside',
      '__tests__/linked.test.js':
        IN_FIXTURES +
        testing("expect(require('fs').readFileSync(at('link/linked.txt'), 'utf8')).toBeTruthy();"),
      'elsewhere/linked.txt': 'linked',
    },
    prepare: (project) => {
      fs.symlinkSync('../elsewhere', project.path('fixtures/link'));
      fs.symlinkSync('loop', project.path('fixtures/loop'));
    },
  },
  scenarios: [
    changed('synchronously', 'sync', 'descriptor', 'url', 'size'),
    changed('asynchronously', 'callback', 'promise', 'handle'),
    changed('by streaming and copying', 'stream', 'copied'),
    changed('as environment variables', 'variables'),
    changed('through graceful-fs and fs-extra', 'graceful', 'extra'),
    {
      name: 'only the times of a file that was read',
      edit: (project) => fs.utimesSync(project.path('fixtures/sync.txt'), 1, 1),
      expectRan: [],
    },
    {
      name: 'what was looked for in vain appears',
      edit: (project) => project.write({ 'fixtures/wanted.txt': 'here now' }),
      expectRan: readers('exists', 'failing', 'rejected', 'access'),
    },
    {
      name: 'what was looked for and read disappears',
      edit: (project) => project.write({ 'fixtures/sync.txt': null }),
      // A folder could be made where the file was.
      expectRan: readers('odd', 'present', 'sync'),
      expectExit: 1,
    },
    {
      name: 'a file in the place of a folder that was looked into becomes one',
      edit: (project) => {
        project.write({ 'fixtures/node_modules/file.css': null });
        project.write({ 'fixtures/node_modules/file.css/package.json': '{"version":"1.0.0"}' });
      },
      expectRan: readers('odd'),
      expectExit: 1,
    },
    {
      name: 'a listed folder gains a file',
      edit: (project) => project.write({ 'fixtures/folder/new.txt': '' }),
      expectRan: readers('list', 'opened', 'tree'),
    },
    {
      name: 'a listed folder loses a file',
      edit: (project) => project.write({ 'fixtures/folder/one.txt': null }),
      expectRan: readers('list', 'opened', 'tree'),
    },
    {
      name: 'a folder below a listed one gains a file',
      edit: (project) => project.write({ 'fixtures/folder/below/new.txt': '' }),
      expectRan: readers('tree'),
    },
    {
      name: 'the content of a file in a listed folder',
      edit: (project) => project.write({ 'fixtures/folder/one.txt': 'another' }),
      expectRan: [],
    },
    {
      name: 'a file that a test writes before it reads it',
      edit: (project) => project.write({ 'fixtures/own.txt': 'by another hand' }),
      expectRan: [],
    },
    {
      name: 'a file outside the root',
      edit: (project) => project.write({ '../outside.txt': 'changed' }),
      expectRan: readers('outside'),
    },
    {
      name: 'a file in a symlinked folder',
      edit: (project) => project.write({ 'elsewhere/linked.txt': 'changed' }),
      expectRan: readers('linked'),
    },
    {
      name: 'a symlink that points elsewhere',
      edit: (project) => {
        project.write({ 'another/linked.txt': 'another', 'fixtures/link': null });
        fs.symlinkSync(path.join('..', 'another'), project.path('fixtures/link'));
      },
      expectRan: readers('linked', 'native'),
    },
  ],
};
