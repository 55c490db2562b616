import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type ArgumentValue,
  type OptionTable,
  readArguments,
  withoutOptions,
} from '../../src/config/arguments';
import { readCommandLine } from '../../src/config/command-line';
import { toArgv } from '../../src/config/reading/argv';
import { readOptionTable } from '../../src/config/user-jest';

const here = createRequire(__filename);
const near29 = createRequire(here.resolve('jest29/package.json'));
const TABLES: [string, OptionTable][] = [
  ['30', optionsOf(here.resolve('jest-cli'))],
  ['29.7', optionsOf(near29.resolve('jest-cli'))],
  ['29.4', optionsOf(here.resolve('jest-cli29.4'))],
  ['29.0', optionsOf(here.resolve('jest-cli29.0'))],
];

function optionsOf(entry: string): OptionTable {
  const table = readOptionTable(entry);
  if (table === null) throw new Error(`${entry} does not tell its options`);
  return table;
}

type Parsed = Record<string, unknown> & { _: unknown[] };
interface Yargs {
  options(table: OptionTable): Yargs;
  help(on: boolean): Yargs;
  version(on: boolean): Yargs;
  exitProcess(on: boolean): Yargs;
  fail(off: false): Yargs;
  parseSync(): Parsed;
}

/** What Jest itself reads from a command line; null where it refuses it. */
function parseAsJest(args: string[], table: OptionTable): Parsed | null {
  const yargs = createRequire(here.resolve('jest-cli'))('yargs') as (args: string[]) => Yargs;
  try {
    const parser = yargs(args).options(table).help(false).version(false).exitProcess(false);
    return parser.fail(false).parseSync();
  } catch {
    return null;
  }
}

const SYNONYMS = new Map([
  ['coverage', ['coverage', 'collectCoverage']],
  ['testEnvironment', ['testEnvironment', 'env']],
  ['color', ['color', 'colors']],
]);

const SYNONYMS_OF = new Set([...SYNONYMS.values()].flat());

describe.each(TABLES)('readArguments with the options of Jest %s', (_, table) => {
  const read = (...args: string[]) =>
    Object.fromEntries(readArguments(args, table).options.map(({ name, value }) => [name, value]));

  test.each<[string[], Record<string, ArgumentValue>]>([
    [['-t', 'a name'], { testNamePattern: 'a name' }],
    [['-t=a name'], { testNamePattern: 'a name' }],
    [['--testNamePattern=a=b'], { testNamePattern: 'a=b' }],
    [['--test-name-pattern', 'x'], { testNamePattern: 'x' }],
    [['-it', 'x'], { runInBand: true, testNamePattern: 'x' }],
    [['-w4', '-u'], { maxWorkers: '4', updateSnapshot: true }],
    [['--no-coverage'], { coverage: false }],
    [['--coverage=false'], { coverage: false }],
    [['--coverage', 'false', 'src'], { coverage: false }],
    [['--collect-coverage', 'true'], { coverage: true }],
    [['-u=false', '--run-in-band=false'], { updateSnapshot: false, runInBand: false }],
    [['-i', '--projects', 'a', 'b'], { runInBand: true, projects: ['a', 'b'] }],
    [
      ['--projects', 'a', 'b', '--selectProjects', 'A', 'B', '--max-workers', '2'],
      { projects: ['a', 'b'], selectProjects: ['A', 'B'], maxWorkers: '2' },
    ],
    [['--env', 'jsdom'], { testEnvironment: 'jsdom' }],
    [['--projects', 'a', 'b', '--ci'], { projects: ['a', 'b'], ci: true }],
    [['--reporters=a', 'b'], { reporters: ['a', 'b'] }],
    [['--bail', 'pattern'], { bail: true }],
    [['--', '-t', 'x'], {}],
  ])('%j', (args, expected) => {
    expect(read(...args)).toEqual(expected);
  });

  test('keeps positionals in order, with everything after --', () => {
    const { positionals } = readArguments(['a', '-i', 'b', '--', '-t', 'c'], table);
    expect(positionals).toEqual(['a', 'b', '-t', 'c']);
  });

  const options = [
    ...['-t', '-i', '-it', '-ut', '-w', '-w2', '-c', '-f', '-o', '-b', '-ic'],
    ...[
      '--env',
      '--test-environment',
      '--testEnvironment',
      '--transform',
      '--reporters',
      '--projects',
    ],
    ...[
      '--coverage',
      '--no-coverage',
      '--collectCoverage',
      '--watch',
      '--ci',
      '--no-cache',
      '--bail',
    ],
    ...['--shard', '--global-setup', '--selectProjects', '--json', '--config', '--'],
    ...['-u', '--updateSnapshot', '--no-watch', '--watchAll', '--listTests', '--list-tests'],
    ...['--runInBand', '--run-in-band', '--passWithNoTests', '--pass-with-no-tests', '--no-ci'],
    ...['--maxWorkers', '--max-workers', '--onlyChanged', '-e', '--findRelatedTests', '--silent'],
    ...['--setupFiles', '--roots', '--verbose', '--no-verbose', '--colors'],
  ];
  const argument = fc.oneof(
    fc.constantFrom(...options),
    fc
      .constantFrom(...options.filter((option) => option !== '--'))
      .chain((option) =>
        fc.constantFrom('x', 'true', 'false', '3', '-1').map((value) => `${option}=${value}`),
      ),
    fc.constantFrom('a.test', 'true', 'false', '-3', 'src/b', 'x=y'),
  );

  test('reads every command line as Jest does', () => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 7 }), (args) => {
        const jest = parseAsJest(args, table);
        fc.pre(jest !== null && isMeant(args));
        if (jest === null) return;
        const given = readArguments(args, table);
        expect(given.positionals).toEqual(jest._.map(String));
        const lists = new Map<string, unknown>();
        for (const { name, value } of given.options) {
          const before = lists.get(name);
          const both = Array.isArray(value) && Array.isArray(before);
          lists.set(name, both ? [...(before as unknown[]), ...(value as unknown[])] : value);
        }
        for (const [name, value] of lists) {
          const names = SYNONYMS.get(name) ?? [name];
          const theirs = names.map((key) => jest[key]).filter((found) => found !== undefined);
          // Where an option is given twice, Jest makes a list of it or takes the last.
          const candidates = theirs.flatMap((found) => [found, ...asList(found)]);
          expect(candidates.map(comparable)).toContain(comparable(value));
        }
        // What matters most: the flags that decide whether and how tests are selected.
        const command = readCommandLine(given);
        const flags = [
          'listTests',
          'watch',
          'watchAll',
          'silent',
          'json',
          'passWithNoTests',
        ] as const;
        for (const flag of flags) expect(command[flag] ?? false).toBe(jest[flag] ?? false);
        const argv = toArgv(given, table);
        for (const [name, { type }] of Object.entries(table))
          if (['boolean', 'array'].includes(type ?? '') && !SYNONYMS_OF.has(name))
            expect([name, comparable(argv[name])]).toEqual([name, comparable(jest[name])]);
      }),
      { numRuns: 200 },
    );
  });

  test('what is left without some options means the same to Jest', () => {
    const names = new Set(['testEnvironment', 'reporters', 'projects', 'config', 'transform']);
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 7 }), (args) => {
        const whole = parseAsJest(args, table);
        fc.pre(whole !== null && isMeant(args));
        const rest = withoutOptions(args, readArguments(args, table), names, '--verbose=true');
        const left = parseAsJest(rest, table);
        expect(strip(left)).toEqual(strip(whole));
      }),
      { numRuns: 200 },
    );
  });

  function strip(parsed: Parsed | null): unknown {
    if (parsed === null) return null;
    const gone = /^(verbose|test-?environment|env|reporters|projects|config|c|transform|\$0)$/i;
    return Object.fromEntries(Object.entries(parsed).filter(([key]) => !gone.test(key)));
  }
});

/** In Jest 29 yargs hands `--` to a short option before it as its value; nobody means that. */
function isMeant(args: string[]): boolean {
  return !/(^| )-\w+ --( |$)/.test(args.join(' '));
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function comparable(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? value.map(String) : String(value));
}

describe('withoutOptions', () => {
  test('takes out an option with its values and touches nothing else', () => {
    const table = TABLES[0]?.[1] ?? {};
    const args = [
      'a',
      '--selectProjects',
      'p',
      '--env=x',
      'b',
      '--env',
      'y',
      '-ic',
      'f.js',
      '--reporters',
      'r',
      's',
      '--ci',
      '--',
      '--env',
    ];
    const names = new Set(['testEnvironment', 'config', 'reporters']);
    expect(withoutOptions(args, readArguments(args, table), names, '--verbose=true')).toEqual([
      ...['a', '--selectProjects', 'p', '--verbose=true', 'b', '-i', '--ci', '--', '--env'],
    ]);
  });
});
