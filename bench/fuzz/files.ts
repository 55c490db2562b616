import {
  FOLDER,
  change,
  put,
  remove,
  type Change,
  type Entries,
  type Maker,
  type Operation,
} from './model';

/** Ways to read a file; `P` is its path. */
const READS: Record<string, string> = {
  readFileSync: `return fs.readFileSync(P, 'utf8')`,
  'readFileSync of a buffer path': `return fs.readFileSync(Buffer.from(P), 'utf8')`,
  'readFileSync of a URL': `return fs.readFileSync(require('url').pathToFileURL(P), 'utf8')`,
  'readFileSync of a descriptor': `const d = fs.openSync(P, 'r'); try { return fs.readFileSync(d, 'utf8') } finally { fs.closeSync(d) }`,
  readSync: `const d = fs.openSync(P); const b = Buffer.alloc(99); try { return b.toString('utf8', 0, fs.readSync(d, b)) } finally { fs.closeSync(d) }`,
  readvSync: `const d = fs.openSync(P); const b = Buffer.alloc(99); try { return b.toString('utf8', 0, fs.readvSync(d, [b])) } finally { fs.closeSync(d) }`,
  readFile: `return await new Promise((y, n) => fs.readFile(P, 'utf8', (e, t) => (e ? n(e) : y(t))))`,
  'promisify(readFile)': `return await require('util').promisify(fs.readFile)(P, 'utf8')`,
  'promises.readFile': `return await fs.promises.readFile(P, 'utf8')`,
  'fs/promises.readFile': `return await require('fs/promises').readFile(P, 'utf8')`,
  'promises.open': `const h = await fs.promises.open(P); try { return await h.readFile('utf8') } finally { await h.close() }`,
  'promises.open, stream': `const h = await fs.promises.open(P); let t = ''; for await (const c of h.createReadStream()) t += c; return t`,
  'promises.open, readLines': `const h = await fs.promises.open(P); let t = ''; for await (const c of h.readLines()) t += c; return t`,
  createReadStream: `let t = ''; for await (const c of fs.createReadStream(P)) t += c; return t`,
  'new ReadStream': `let t = ''; for await (const c of new fs.ReadStream(P)) t += c; return t`,
  readline: `let t = ''; for await (const c of require('readline').createInterface({ input: fs.createReadStream(P) })) t += c; return t`,
  openAsBlob: `return await (await fs.openAsBlob(P)).text()`,
  'copyFileSync to temp': `const to = require('path').join(fs.mkdtempSync(require('os').tmpdir() + '/c'), 'x'); fs.copyFileSync(P, to); return fs.readFileSync(to, 'utf8')`,
  'cpSync to temp': `const to = require('path').join(fs.mkdtempSync(require('os').tmpdir() + '/c'), 'x'); fs.cpSync(P, to, { recursive: true }); return fs.statSync(to).isFile() ? fs.readFileSync(to, 'utf8') : fs.readdirSync(to)`,
  'promises.cp to temp': `const to = require('path').join(fs.mkdtempSync(require('os').tmpdir() + '/c'), 'x'); await fs.promises.cp(P, to, { recursive: true }); return fs.statSync(to).isFile() ? fs.readFileSync(to, 'utf8') : fs.readdirSync(to)`,
  'linkSync to temp': `const to = require('path').join(fs.mkdtempSync(require('os').tmpdir() + '/c'), 'x'); fs.linkSync(P, to); return fs.readFileSync(to, 'utf8')`,
  'symlinkSync in temp': `const to = require('path').join(fs.mkdtempSync(require('os').tmpdir() + '/c'), 'x'); fs.symlinkSync(P, to); return fs.readFileSync(to, 'utf8')`,
  loadEnvFile: `process.loadEnvFile(P); return process.env.FUZZ_LOADED ?? null`,
  getBuiltinModule: `return (process.getBuiltinModule ?? require)('fs').readFileSync(P, 'utf8')`,
  'createRequire(fs)': `return require('module').createRequire(__filename)('node:fs').readFileSync(P, 'utf8')`,
};

/** Ways to ask about a path. */
const ASKS: Record<string, string> = {
  existsSync: `return fs.existsSync(P)`,
  exists: `return await new Promise((y) => fs.exists(P, y))`,
  accessSync: `fs.accessSync(P); return true`,
  'accessSync R_OK': `fs.accessSync(P, fs.constants.R_OK); return true`,
  'promises.access': `await fs.promises.access(P); return true`,
  access: `return await new Promise((y) => fs.access(P, (e) => y(e ? e.code : 'ok')))`,
  'statSync, kind': `const s = fs.statSync(P, { throwIfNoEntry: false }); return s ? [s.isFile(), s.isDirectory()] : null`,
  'statSync, size': `const s = fs.statSync(P); return s.isFile() ? s.size : 'folder'`,
  'statSync bigint': `const s = fs.statSync(P, { bigint: true }); return s.isFile() ? String(s.size) : 'folder'`,
  lstatSync: `const s = fs.lstatSync(P); return [s.isFile(), s.isDirectory(), s.isSymbolicLink()]`,
  'promises.stat': `const s = await fs.promises.stat(P); return [s.isFile(), s.isDirectory(), s.isFile() && s.size]`,
  'promises.lstat': `const s = await fs.promises.lstat(P); return [s.isFile(), s.isDirectory(), s.isSymbolicLink()]`,
  stat: `return await new Promise((y) => fs.stat(P, (e, s) => y(e ? e.code : [s.isFile(), s.isFile() && s.size])))`,
  fstatSync: `const d = fs.openSync(P); try { const s = fs.fstatSync(d); return [s.isFile(), s.isFile() && s.size] } finally { fs.closeSync(d) }`,
  statfsSync: `fs.statfsSync(P); return true`,
  'promises.statfs': `await fs.promises.statfs(P); return true`,
  realpathSync: `return fs.realpathSync(P)`,
  'realpathSync.native': `return fs.realpathSync.native(P)`,
  'promises.realpath': `return await fs.promises.realpath(P)`,
  realpath: `return await new Promise((y) => fs.realpath(P, (e, p) => y(e ? e.code : p)))`,
  readlinkSync: `return fs.readlinkSync(P)`,
  'promises.readlink': `return await fs.promises.readlink(P)`,
  openSync: `fs.closeSync(fs.openSync(P)); return true`,
  'opendir, no entry': `fs.opendirSync(P).closeSync(); return true`,
  'copyFile EXCL': `const to = require('path').join(fs.mkdtempSync(require('os').tmpdir() + '/c'), 'x'); await fs.promises.copyFile(P, to, fs.constants.COPYFILE_EXCL); return fs.statSync(to).size`,
};

/** Ways to list a folder. */
const LISTS: Record<string, string> = {
  readdirSync: `return fs.readdirSync(P).sort()`,
  'readdirSync withFileTypes': `return fs.readdirSync(P, { withFileTypes: true }).map((e) => [e.name, e.isFile(), e.isDirectory(), e.isSymbolicLink()].join()).sort()`,
  'readdirSync recursive': `return fs.readdirSync(P, { recursive: true }).sort()`,
  'readdirSync recursive withFileTypes': `return fs.readdirSync(P, { recursive: true, withFileTypes: true }).map((e) => e.name + e.isFile()).sort()`,
  'readdirSync buffers': `return fs.readdirSync(P, 'buffer').map(String).sort()`,
  readdir: `return await new Promise((y, n) => fs.readdir(P, (e, l) => (e ? n(e) : y(l.sort()))))`,
  'promises.readdir': `return (await fs.promises.readdir(P)).sort()`,
  'promises.readdir recursive': `return (await fs.promises.readdir(P, { recursive: true })).sort()`,
  opendirSync: `const d = fs.opendirSync(P); const l = []; for (let e = d.readSync(); e; e = d.readSync()) l.push(e.name); d.closeSync(); return l.sort()`,
  'promises.opendir': `const l = []; for await (const e of await fs.promises.opendir(P)) l.push(e.name + e.isFile()); return l.sort()`,
  'opendir recursive': `const l = []; for await (const e of await fs.promises.opendir(P, { recursive: true })) l.push(e.name); return l.sort()`,
  'walk by hand': `const l = []; const walk = (d) => { for (const n of fs.readdirSync(d).sort()) { const p = d + '/' + n; l.push(n); if (fs.statSync(p, { throwIfNoEntry: false })?.isDirectory()) walk(p); } }; walk(P); return l`,
  'first matching': `return fs.readdirSync(P).filter((n) => n.endsWith('.txt')).map((n) => n + fs.statSync(P + '/' + n).isFile()).sort()`,
  'nearest package.json': `let d = P; for (;;) { const c = require('path').join(d, 'package.json'); if (fs.existsSync(c)) return c; const up = require('path').dirname(d); if (up === d) return null; d = up; }`,
  'find up': `const names = []; let d = P; for (let i = 0; i < 3; i++) { const c = require('path').join(d, '.fuzzrc'); if (fs.existsSync(c)) names.push(fs.readFileSync(c, 'utf8')); d = require('path').dirname(d); } return names`,
};

const NAMES = ['data.txt', '.env', '.hidden.json', 'with space.txt', 'ü.txt', 'UPPER.TXT', 'noext'];

const FS = [`const fs = require('fs');`, `const fs = require('node:fs');`];

/** An operation on a path of the file system. */
export function fileOperation(maker: Maker): Operation {
  const { dice } = maker;
  const family = dice.one([READS, READS, ASKS, ASKS, LISTS]);
  const name = dice.one(Object.keys(family));
  const { path, entries, changes } = family === LISTS ? folderTarget(maker) : fileTarget(maker);
  const place = `require('path').join(__dirname, ${JSON.stringify(path)})`;
  const fs = dice.one(FS);
  const group = family === READS ? 'read' : family === ASKS ? 'ask' : 'list';
  return {
    kind: `${group} ${name}`,
    code: `${fs}\nconst P = ${place};\n${family[name] ?? ''};`,
    entries,
    changes,
  };
}

interface Target {
  /** Relative to the operation's folder. */
  path: string;
  entries: Entries;
  changes: Change[];
}

/** A path that may be a file, a link, a folder or nothing. */
function fileTarget({ dice, folder }: Maker): Target {
  const parents = dice.one(['', 'sub/', 'sub/deeper/', '.dotted/', '../shared/']);
  const name = dice.one(NAMES);
  const path = parents + name;
  const at = normal(`${folder}/${path}`);
  const text = (): string => `FUZZ_LOADED=${dice.word()}${'x'.repeat(dice.below(5))}`;
  const elsewhere = (label: string): string => `${folder}/elsewhere/${label}.txt`;
  const entries: Entries = {
    [elsewhere('a')]: text(),
    [elsewhere('b')]: text(),
  };
  const up = '../'.repeat(at.split('/').length - 1);
  const link = (label: string) => ({ linkTo: up + elsewhere(label) });
  const state = dice.one(['file', 'file', 'missing', 'missing', 'link', 'folder', 'dangling']);
  if (state === 'file') entries[at] = text();
  if (state === 'link') entries[at] = link('a');
  if (state === 'dangling') entries[at] = link('none');
  if (state === 'folder') entries[`${at}/inner.txt`] = text();
  const changes = [
    change(`${state} becomes another file`, remove(at), put(at, text())),
    change(`${state} becomes a link`, remove(at), put(at, link('b'))),
    change(
      `${state} becomes a link to a folder`,
      remove(at),
      put(at, { linkTo: `${up}${folder}/elsewhere` }),
    ),
    change(`${state} becomes a folder`, remove(at), put(at, FOLDER)),
    change(`target of a ${state} edited`, put(elsewhere('a'), text())),
    change(`target of a ${state} appears`, put(elsewhere('none'), text())),
    change(`target of a ${state} removed`, remove(elsewhere('a'))),
    change(`entry added beside a ${state}`, put(normal(`${folder}/${parents}new.txt`), text())),
    change(`entry added below a ${state}`, remove(at), put(`${at}/new.txt`, text())),
    ...(state === 'missing'
      ? []
      : [
          change(`${state} removed`, remove(at)),
          change(`${state} moved`, { do: 'move', from: at, to: `${at}.moved` }),
        ]),
    ...(parents === '' || parents.startsWith('..')
      ? []
      : [
          change('folder of it removed', remove(`${folder}/${parents.split('/')[0] ?? ''}`)),
          change(
            'folder of it becomes a link',
            remove(normal(`${folder}/${parents}`)),
            put(`${folder}/twin/${name}`, text()),
            put(normal(`${folder}/${parents}`), {
              linkTo: '../'.repeat(parents.split('/').length - 2) + 'twin',
            }),
          ),
        ]),
  ];
  return { path, entries, changes };
}

/** A folder with something in it, or none. */
function folderTarget({ dice, folder }: Maker): Target {
  const path = dice.one(['list', 'list/inner', '.list']);
  const at = `${folder}/${path}`;
  const text = (): string => dice.word();
  const missing = dice.chance(0.3);
  const entries: Entries = missing
    ? {}
    : {
        [`${at}/a.txt`]: text(),
        [`${at}/b/c.txt`]: text(),
        [`${at}/.d`]: text(),
        [`${at}/e`]: { linkTo: 'a.txt' },
        [`${at}/f`]: { linkTo: 'nowhere' },
      };
  const made = [
    change('file appears in a folder', put(`${at}/new.txt`, text())),
    change('dot file appears in a folder', put(`${at}/.new`, text())),
    change('folder appears in a folder', put(`${at}/newer`, FOLDER)),
    change('link appears in a folder', put(`${at}/linked`, { linkTo: '.' })),
    change('file appears two levels down', put(`${at}/b/new.txt`, text())),
    change('file appears far down', put(`${at}/b/x/y/new.txt`, text())),
    change('folder gains a package.json', put(`${at}/package.json`, '{}')),
    change('parent gains a package.json', put(`${folder}/package.json`, '{}')),
    change('parent gains a .fuzzrc', put(`${folder}/.fuzzrc`, text())),
    change('folder gains a .fuzzrc', put(`${at}/.fuzzrc`, text())),
    change('folder becomes a file', remove(at), put(at, text())),
  ];
  const changed = [
    change('file becomes a folder', remove(`${at}/a.txt`), put(`${at}/a.txt`, FOLDER)),
    change('file becomes a link', remove(`${at}/a.txt`), put(`${at}/a.txt`, { linkTo: '.d' })),
    change('file removed', remove(`${at}/a.txt`)),
    change('file renamed', { do: 'move', from: `${at}/a.txt`, to: `${at}/z.txt` }),
    change('nested file removed', remove(`${at}/b/c.txt`)),
    change('nested folder removed', remove(`${at}/b`)),
    change('link leads elsewhere', remove(`${at}/e`), put(`${at}/e`, { linkTo: 'b' })),
    change('dangling link comes to lead somewhere', put(`${at}/nowhere/x`, text())),
    change('folder removed', remove(at)),
    change('folder moved', { do: 'move', from: at, to: `${at}-moved` }),
    change('file edited', put(`${at}/a.txt`, text())),
  ];
  return { path, entries, changes: missing ? made : [...made, ...changed] };
}

/** The path without `..` in it. */
export function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
