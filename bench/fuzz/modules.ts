import {
  change,
  put,
  remove,
  type Change,
  type Entries,
  type Maker,
  type Operation,
} from './model';

/** Ways to ask for a module; `R` is the request. */
const REQUESTS: Record<string, string> = {
  require: `return require(R)`,
  'require, optional': `try { return require(R) } catch { return 'none' }`,
  'require.resolve': `return require.resolve(R)`,
  'require.resolve with paths': `return require.resolve(R, { paths: [__dirname + '/from', __dirname] })`,
  'require.resolve with other paths': `return require.resolve(R, { paths: [__dirname + '/from'] })`,
  createRequire: `return require('module').createRequire(__filename)(R)`,
  'createRequire elsewhere': `return require('module').createRequire(__dirname + '/from/x.js')(R)`,
  'createRequire(...).resolve': `return require('module').createRequire(__dirname + '/from/x.js').resolve(R)`,
  'import()': `const m = await import(R); return m.default ?? m.value ?? Object.keys(m)`,
};
const SANDBOX_REQUESTS: Record<string, string> = {
  'jest.requireActual': `return jest.requireActual(R)`,
  'jest.requireMock': `return require('util').inspect(jest.requireMock(R))`,
  'jest.mock, then require': `jest.mock(R); return require('util').inspect(require(R))`,
  'jest.doMock with a factory': `jest.doMock(R, () => 'factory'); return require(R)`,
  'jest.createMockFromModule': `return Object.keys(jest.createMockFromModule(R)).sort()`,
  isolateModules: `let m; jest.isolateModules(() => { m = require(R) }); return m`,
  'jest.unmock, then require': `jest.unmock(R); return require(R)`,
};

/** What a module at a path says; it names where it lies, so that another one is another value. */
export function moduleText(path: string, word: string): string {
  const value = JSON.stringify(`${path} ${word}`);
  if (path.endsWith('.json')) return `{ "value": ${value} }`;
  if (path.endsWith('.mjs')) return `export const value = ${value}; export default { value };`;
  return `exports.value = ${value}; exports.f = () => 1;`;
}

/** An operation that resolves and perhaps loads a module. */
export function moduleOperation(maker: Maker): Operation {
  const { dice } = maker;
  const make = dice.one([relative, relative, bare, bare, imports, self, mapped, haste]);
  const { request, label, entries, changes } = make(maker);
  const sandbox = dice.chance(0.3);
  const requests = sandbox ? SANDBOX_REQUESTS : REQUESTS;
  const how = dice.one(Object.keys(requests));
  return {
    kind: `${how}: ${label}`,
    code: `const R = ${JSON.stringify(request)};\n${requests[how] ?? ''};`,
    entries: { [`${maker.folder}/from/keep.txt`]: '', ...entries },
    changes,
    ...(sandbox ? { sandbox: true as const } : {}),
  };
}

interface Target {
  request: string;
  label: string;
  entries: Entries;
  changes: Change[];
}

/** Files, of which the first that exists may win; a random part of them is there. */
function candidates(
  { dice }: Maker,
  paths: readonly string[],
  make: (path: string, word: string) => Entries = (path, word) => ({
    [path]: moduleText(path, word),
  }),
  share = 0.3,
): { entries: Entries; changes: Change[] } {
  const there = new Set(dice.chance(0.25) ? [] : dice.some(paths, share));
  const entries = Object.assign(
    {},
    ...[...there].map((path) => make(path, dice.word())),
  ) as Entries;
  const changes = paths.flatMap((path): Change[] => {
    const write = Object.entries(make(path, dice.word())).map(([at, entry]) => put(at, entry));
    const name = path.replace(/\b(c\d+o\d+|n\d+\w*)\b/g, '*');
    return there.has(path)
      ? [
          change(`edited ${name}`, ...write),
          change(`removed ${name}`, ...Object.keys(make(path, '')).map(remove)),
        ]
      : [change(`appears ${name}`, ...write)];
  });
  return { entries, changes };
}

const ENDINGS = [
  '.js',
  '.json',
  '.mjs',
  '.cjs',
  '.ts',
  '.jsx',
  '/index.js',
  '/index.json',
  '/index.ts',
  '',
];

function relative(maker: Maker): Target {
  const { dice, folder } = maker;
  const base = dice.one(['x', 'deep/x', 'x.js', 'x.mjs', '.x']);
  const request = `./${base}`;
  const plain = candidates(
    maker,
    ENDINGS.map((ending) => `${folder}/${base}${ending}`),
    undefined,
    0.2,
  );
  const { entries, changes } = plain;
  // A file and a folder of one name cannot be at once.
  for (const path of Object.keys(entries))
    if (Object.keys(entries).some((other) => other.startsWith(`${path}/`))) delete entries[path];
  const packaged = `${folder}/${base}`;
  changes.push(
    change(
      'gains a package.json with main',
      put(`${packaged}/package.json`, '{"main":"./main.js"}'),
      put(`${packaged}/main.js`, moduleText('main', dice.word())),
    ),
    change(
      'gains a mock beside',
      put(`${folder}/__mocks__/${base}.js`, moduleText('mock', dice.word())),
    ),
    change('folder gains type module', put(`${folder}/package.json`, '{"type":"module"}')),
    change(
      'becomes a link',
      remove(`${packaged}.js`),
      put(`${packaged}.js`, { linkTo: 'other.js' }),
      put(`${folder}/other.js`, moduleText('other', dice.word())),
      put(`${folder}/deep/other.js`, moduleText('other', dice.word())),
    ),
  );
  return { request, label: `relative`, entries, changes };
}

/** An installed package, which has another version with each text. */
function installed(
  root: string,
  request: string,
  dice: Maker['dice'],
): (path: string, word: string) => Entries {
  const form = dice.one(['index', 'main', 'exports', 'conditions', 'module']);
  const [scope, bareName] = request.split('/');
  const name = request.startsWith('@') ? `${scope ?? ''}/${bareName ?? ''}` : (scope ?? '');
  const sub = request.slice(name.length + 1);
  return (path, word) => {
    const at = `${root}${path}/${name}`;
    const version = `1.0.${word === '' ? 0 : Number.parseInt(word.slice(1), 36) % 1000}`;
    const text = (file: string): string => moduleText(`${path}/${file}`, word);
    const manifest = (more: object): string => JSON.stringify({ name, version, ...more });
    if (sub !== '') return { [`${at}/package.json`]: manifest({}), [`${at}/${sub}.js`]: text(sub) };
    switch (form) {
      case 'index':
        return { [`${at}/package.json`]: manifest({}), [`${at}/index.js`]: text('index.js') };
      case 'main':
        return {
          [`${at}/package.json`]: manifest({ main: 'lib' }),
          [`${at}/lib/index.js`]: text('lib'),
        };
      case 'exports':
        return {
          [`${at}/package.json`]: manifest({ exports: './e.js' }),
          [`${at}/e.js`]: text('e.js'),
        };
      case 'conditions':
        return {
          [`${at}/package.json`]: manifest({
            exports: { '.': { import: './i.mjs', require: './r.cjs' } },
          }),
          [`${at}/i.mjs`]: text('i.mjs'),
          [`${at}/r.cjs`]: text('r.cjs'),
        };
      default:
        return {
          [`${at}/package.json`]: manifest({ type: 'module', exports: './m.js' }),
          [`${at}/m.js`]: moduleText('m.mjs', word),
        };
    }
  };
}

function bare(maker: Maker): Target {
  const { dice, folder, unique } = maker;
  const request = dice.one([unique, `@sc/${unique}`, `${unique}/sub`, `@sc/${unique}/sub`]);
  const form = installed('', request, dice);
  const [cell] = folder.split('/');
  const packages = candidates(
    maker,
    [
      'node_modules',
      `${cell ?? ''}/node_modules`,
      `${folder}/node_modules`,
      `${folder}/from/node_modules`,
    ],
    form,
  );
  const roots = ['mp1', 'mp2', 'other', `${folder}/other`, 'np1', 'np2'];
  const files = candidates(
    maker,
    roots.flatMap((root) => [`${root}/${request}.js`, `${root}/${request}/index.js`]),
    undefined,
    0.08,
  );
  const [, scoped] = request.split('/');
  const manifest = (name: string): string => JSON.stringify({ name, main: 'h.js' });
  return {
    request,
    label: `bare${scoped === undefined ? '' : ' with a slash'}`,
    entries: { ...packages.entries, ...files.entries },
    changes: [
      ...packages.changes,
      ...files.changes,
      change('root mock appears', put(`__mocks__/${request}.js`, moduleText('mock', dice.word()))),
      change(
        'package of that name appears in the tree',
        put(`${folder}/somewhere/package.json`, manifest(request)),
        put(`${folder}/somewhere/h.js`, moduleText('haste', dice.word())),
      ),
      change(
        'is linked',
        remove(`node_modules/${request}`),
        put(`node_modules/${request}`, {
          linkTo: `${'../'.repeat(request.split('/').length)}linked/${unique}`,
        }),
        put(`linked/${unique}/index.js`, moduleText('linked', dice.word())),
      ),
    ],
  };
}

function imports({ dice, folder }: Maker): Target {
  const targets = ['./t1.js', './t2.js', './t3.js'];
  const manifest = (map: unknown): string => JSON.stringify({ name: 'scoped', imports: map });
  const map = (): unknown =>
    dice.one<unknown>([
      { '#x': dice.one(targets) },
      { '#x': { require: dice.one(targets), default: dice.one(targets) } },
      { '#x': { import: dice.one(targets), node: dice.one(targets) } },
      { '#*': './t1.js' },
      { '#x': './none.js' },
    ]);
  const entries: Entries = {};
  for (const target of targets)
    entries[`${folder}/${target.slice(2)}`] = moduleText(target, dice.word());
  const at = dice.one([`${folder}/package.json`, `${folder.split('/')[0] ?? ''}/package.json`]);
  if (dice.chance(0.8)) entries[at] = manifest(map());
  return {
    request: '#x',
    label: '#imports',
    entries,
    changes: [
      ...[1, 2, 3].map(() => change('imports map changes', put(at, manifest(map())))),
      change('nearer package.json appears', put(`${folder}/package.json`, manifest(map()))),
      change('package.json removed', remove(at)),
      change('target edited', put(`${folder}/t1.js`, moduleText('t1', dice.word()))),
      change('target removed', remove(`${folder}/t2.js`)),
      change('missing target appears', put(`${folder}/none.js`, moduleText('none', dice.word()))),
    ],
  };
}

function self({ dice, folder, unique }: Maker): Target {
  const manifest = (name: string, target: string, more: object = {}): string =>
    JSON.stringify({ name, exports: { './x': target, '.': target }, ...more });
  const at = `${folder}/package.json`;
  const entries: Entries = {
    [`${folder}/a.js`]: moduleText('a', dice.word()),
    [`${folder}/b.js`]: moduleText('b', dice.word()),
  };
  if (dice.chance(0.7)) entries[at] = manifest(unique, './a.js');
  return {
    request: `${unique}/x`,
    label: 'self-reference',
    entries,
    changes: [
      change('exports lead elsewhere', put(at, manifest(unique, './b.js'))),
      change('name changes', put(at, manifest(`${unique}z`, './a.js'))),
      change('type module', put(at, manifest(unique, './a.js', { type: 'module' }))),
      change('package.json removed', remove(at)),
      change('target edited', put(`${folder}/a.js`, moduleText('a', dice.word()))),
    ],
  };
}

function mapped(maker: Maker): Target {
  const { unique } = maker;
  const paths = ['map1', 'map2'].flatMap((root) =>
    ['.js', '.json', '/index.js'].map((ending) => `${root}/${unique}${ending}`),
  );
  return { request: `@map/${unique}`, label: 'moduleNameMapper', ...candidates(maker, paths) };
}

/** A package of the tree that Jest knows by its name, though it is not installed. */
function haste({ dice, folder, unique }: Maker): Target {
  const manifest = (name: string, main: string): string => JSON.stringify({ name, main });
  const at = `${folder}/pkg/package.json`;
  const entries: Entries = {
    [`${folder}/pkg/a.js`]: moduleText('a', dice.word()),
    [`${folder}/pkg/b.js`]: moduleText('b', dice.word()),
  };
  if (dice.chance(0.6)) entries[at] = manifest(unique, 'a.js');
  return {
    request: unique,
    label: 'package of the tree',
    entries,
    changes: [
      change('main changes', put(at, manifest(unique, 'b.js'))),
      change('name changes', put(at, manifest(`${unique}z`, 'a.js'))),
      change('removed', remove(at)),
      change('edited', put(`${folder}/pkg/a.js`, moduleText('a', dice.word()))),
      change(
        'installed as well',
        put(`node_modules/${unique}/package.json`, '{"version":"3.0.0"}'),
        put(`node_modules/${unique}/index.js`, moduleText('installed', dice.word())),
      ),
    ],
  };
}
