import * as vm from 'node:vm';
import { transformSync } from '@babel/core';
import { counterTableOf, decodeMetadata, findMetadata, insertProbes } from '../../src/blocks';
import { addHits, carryHits, type CarriedFile } from '../../src/coverage/carry';
import { emptyCoverage } from '../../src/coverage/empty-coverage';
import type { FileCoverage } from '../../src/coverage/file-coverage';
import { readHits, type Hits } from '../../src/coverage/hits';
import { fingerprintAt, fingerprintPlaces } from '../../src/selection/match';

/** A module as a run with coverage has it. */
interface Covered {
  file: CarriedFile;
  code: string;
  fingerprints: Buffer;
}

function cover(source: string): Covered {
  const options = { compact: false, cwd: '/r', exclude: [], extension: false };
  const plugins = [[require.resolve('babel-plugin-istanbul'), options]];
  const given = { babelrc: false, configFile: false, filename: '/r/a.js', plugins };
  const instrumented = transformSync(source, given)?.code ?? '';
  const place = { root: '/r', path: 'a.js', filename: '/r/a.js', contentHash: '' };
  const { code } = insertProbes(instrumented, { form: 'commonjs', isInstrumented: true, ...place });
  const { fingerprints, extras } = decodeMetadata(findMetadata(code) ?? '');
  const counters = counterTableOf(extras);
  if (counters === null) throw new Error('this code is not instrumented');
  return { file: { blocks: fingerprintPlaces(fingerprints), counters }, code, fingerprints };
}

/** Loads a module, and does something with its exports. */
function run({ code }: Covered, use: string): { counted: FileCoverage; probes: Uint8Array } {
  const globals = { exports: {}, thrown: null as unknown };
  const context = vm.createContext(globals);
  const body = `(function (exports, module) { ${code}\n})(exports, {}); (function (m) { ${use} })(exports);`;
  try {
    vm.runInContext(body, context);
  } catch {
    // Some modules throw as they are loaded.
  }
  const { __coverage__: coverage, __TESTMON__: registry } = context as unknown as {
    __coverage__: Record<string, FileCoverage>;
    __TESTMON__: Record<string, Uint8Array>;
  };
  const [counted] = Object.values(coverage);
  const [probes] = Object.values(registry);
  if (counted === undefined || probes === undefined) throw new Error('this code did not run');
  return { counted, probes };
}

/** The coverage of a module after an edit, carried over from a run before; null where nobody can tell. */
function carried(before: string, after: string, use: string): FileCoverage | null {
  const old = cover(before);
  const { counted, probes } = run(old, use);
  const hits: Hits | null = readHits(old.file.counters, counted);
  const executed = [...probes.keys()]
    .filter((block) => probes[block] !== 0)
    .map((block) => fingerprintAt(old.fingerprints, block));
  const now = cover(after);
  const found = carryHits(now.file, { executed, hits });
  const empty = emptyCoverage(now.code);
  if (found === null || empty === null) return null;
  addHits(empty, found);
  return empty;
}

/** Counts as hit or not. */
function asHits({ s, f, b, ...rest }: FileCoverage): unknown {
  const hit = (count: number) => (count > 0 ? 1 : 0);
  const all = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).map(([id, count]) => [id, hit(count)]));
  const paths = Object.entries(b).map(([id, counts]) => [id, counts.map(hit)]);
  return { ...rest, s: all(s), f: all(f), b: Object.fromEntries(paths) as unknown };
}

const LIBRARY = `
const limit = 3;
function used(a = 2) {
  if (a > 1) { exports.log = a; } else exports.log = 0;
  return a && a > limit ? 'many' : 'few';
}
function unused(b) { for (const one of b) { if (one) return one; } return null; }
class Pair { constructor() { this.a = 1; } swap(c = 1) { return c || this.a; } }
exports.used = used;
exports.unused = unused;
exports.arrow = (x) => x ?? used();
exports.Pair = Pair;
`;

const USE = 'm.used(); m.used(0); m.arrow(1); new m.Pair();';

const EDITS: [string, (code: string) => string][] = [
  ['nothing', (code) => code],
  ['comments above', (code) => `// one\n/* two\n three */\n${code}`],
  [
    'a statement in a function that did not run',
    (code) => code.replace('return null', 'b(); return null'),
  ],
  ['a branch in it', (code) => code.replace('return null', 'if (b) return b; return null')],
  [
    'a function that did not run is gone',
    (code) => code.replace(/function unused.*\n/, '').replace(/.*= unused;\n/, ''),
  ],
  ['a function moves', (code) => code.replace(/(function unused.*\n)(class Pair.*\n)/, '$2$1')],
  ['a new function', (code) => `function more(a = 1) { return a ? 1 : 2; }\n${code}`],
  ['new constants', (code) => `const more = [1, 2]; const map = new Map();\n${code}`],
  ['a new class', (code) => `class More { static a = 1; b = 2; c(d = 3) { return d; } }\n${code}`],
  ['other spelling', (code) => code.replace('{ exports.log = a; }', 'exports.log = a;')],
];

describe('coverage that is carried over an edit', () => {
  test.each(EDITS)('is what a run would count: %s', (_what, edit) => {
    const after = edit(LIBRARY);
    const actual = run(cover(after), USE).counted;
    expect(asHits(carried(LIBRARY, after, USE) as FileCoverage)).toEqual(asHits(actual));
  });

  test.each<[string, string, string, string]>([
    ['a block that ran is another', 'exports.f = () => 1;', 'exports.f = () => 2;', 'm.f()'],
    [
      'a hint hides what ran',
      'exports.f = () => { m(); n(); };',
      'exports.f = () => { /* istanbul ignore next */ m(); n(); };',
      'try { m.f(); } catch {}',
    ],
    [
      'a hint is gone',
      '/* istanbul ignore next */ exports.f = () => 1;',
      'exports.f = () => 1;',
      'm.f()',
    ],
    [
      'a new constant has a condition',
      'exports.a = 1;',
      'const a = 1; const b = a ? 2 : 3; exports.a = 1;',
      '',
    ],
    [
      'what a condition of an unused constant depends on is other',
      'const a = 1; const b = a ? 2 : 3; exports.c = () => b; exports.d = 1;',
      'const a = 0; const b = a ? 2 : 3; exports.c = () => b; exports.d = 1;',
      'm.d',
    ],
    [
      'a new constant is made by a function of its own',
      'exports.f = () => 1;',
      'const a = [1, 2].map((x) => (x > 1 ? x : 0)); exports.f = () => 1;',
      '',
    ],
    [
      'a new constant is made by a function',
      'function p(x) { return x > 1 ? one(x) : 2; } function one(x) { return x; } const a = p(0); exports.f = () => a;',
      'function p(x) { return x > 1 ? one(x) : 2; } function one(x) { return x; } const a = p(0); const b = p(2); exports.f = () => a;',
      '',
    ],
    [
      'a constant that is made by a function is gone',
      'function p(x) { return x > 1 ? one(x) : 2; } function one(x) { return x; } const a = p(0); const b = p(2); exports.f = () => a;',
      'function p(x) { return x > 1 ? one(x) : 2; } function one(x) { return x; } const a = p(0); exports.f = () => a;',
      '',
    ],
    [
      'the module threw as it was loaded',
      'exports.a = 1; throw exports; const b = 2;',
      'exports.a = 1; throw exports; const b = 2;',
      '',
    ],
  ])('is not guessed: %s', (_what, before, after, use) => {
    expect(carried(before, after, use)).toBeNull();
  });

  test('is none of a file that was recorded without', () => {
    const { file, fingerprints } = cover(LIBRARY);
    const executed = [fingerprintAt(fingerprints, 0)];
    expect(carryHits(file, { executed, hits: null })).toBeNull();
    expect(carryHits(file, { executed: [], hits: null })).toEqual([]);
  });
});

describe('the coverage data in a file', () => {
  test('is what istanbul begins with', () => {
    const { counted } = run(cover(LIBRARY), USE);
    const empty = emptyCoverage(cover(LIBRARY).code);
    expect(Object.keys(empty ?? {}).sort()).toEqual(Object.keys(counted).sort());
    expect(empty).toMatchObject({
      path: '/r/a.js',
      hash: counted.hash,
      statementMap: counted['statementMap'],
      branchMap: counted['branchMap'],
    });
    expect(Object.values(empty?.s ?? {})).toEqual(Object.values(counted.s).map(() => 0));
  });

  test('is not there in other code', () => {
    expect(emptyCoverage('function cov_a() { return 1; } cov_a();')).toBeNull();
  });
});
