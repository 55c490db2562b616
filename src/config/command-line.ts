import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Config } from '@jest/types';
import type { GivenArguments, GivenOption } from './arguments';

/** What the user's Jest command line asks, as far as it matters to selection and messages. */
export interface CommandLine {
  /**
   * The options, as spelled, that name what is to run: it runs in full, without selection, unless selection is forced.
   * Empty where there are none.
   */
  namesTests: string[];
  /** Path patterns (and, with `--findRelatedTests` or `--runTestsByPath`, paths), in order. */
  patterns: string[];
  testNamePattern: string | null;
  listTests: boolean;
  /** `--silent`: nothing of ours is printed either. */
  silent: boolean;
  /** `--json`: stdout belongs to the report. */
  json: boolean;
  outputFile: string | null;
  watch: boolean;
  watchAll: boolean;
  /** Asked on the command line: null where it is not mentioned. */
  coverage: boolean | null;
  /** Null where it is not mentioned. */
  passWithNoTests: boolean | null;
  /** As given, `2/3`. */
  shard: string | null;
  /** Whether Jest itself narrows to what its source control calls changed. */
  onlyChanged: boolean;
  showConfig: boolean;
  collectTests: boolean;
}

/** Jest's options that name what is to run: the list. */
const NAMES_TESTS = [
  'testNamePattern',
  'findRelatedTests',
  'runTestsByPath',
  'onlyFailures',
  'updateSnapshot',
  'coverage',
];

const NARROWS_TO_CHANGED = [
  'onlyChanged',
  'lastCommit',
  'changedSince',
  'changedFilesWithAncestor',
];

/** Reads what matters from a command line that `readArguments` took apart. */
export function readCommandLine({ options, positionals }: GivenArguments): CommandLine {
  const last = (name: string) => options.findLast((option) => option.name === name);
  const flag = (name: string) => last(name)?.value === true;
  const optionalFlag = (name: string) => {
    const value = last(name)?.value;
    return typeof value === 'boolean' ? value : null;
  };
  const text = (name: string) => {
    const value = last(name)?.value;
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const given = (name: string) => isGiven(last(name));
  const pathOptions = options.filter(
    ({ name }) => name === 'testPathPatterns' || name === 'testPathPattern',
  );
  const wholePaths = pathOptions.filter(({ value }) => [value].flat().some(isWholePath));
  const paths = pathOptions
    .flatMap(({ value }) => value)
    .filter((value) => typeof value === 'string');

  return {
    namesTests: [
      ...NAMES_TESTS.filter(given).map((name) => last(name)?.spelled ?? `--${name}`),
      ...wholePaths.slice(0, 1).map(({ spelled }) => spelled),
    ],
    patterns: [...positionals, ...paths],
    testNamePattern: text('testNamePattern'),
    listTests: flag('listTests'),
    silent: flag('silent'),
    json: flag('json'),
    outputFile: text('outputFile'),
    watch: flag('watch'),
    watchAll: flag('watchAll'),
    coverage: optionalFlag('coverage'),
    passWithNoTests: optionalFlag('passWithNoTests'),
    shard: text('shard'),
    onlyChanged: NARROWS_TO_CHANGED.some(given),
    showConfig: flag('showConfig'),
    collectTests: flag('collectTests'),
  };
}

/** Whether a pattern is the whole path of what is there, escaped: so an editor names a test file, or a folder of them. */
function isWholePath(pattern: unknown): boolean {
  if (typeof pattern !== 'string') return false;
  const place = pattern.replace(/\\([^\w\s])/g, '$1');
  return path.isAbsolute(place) && fs.existsSync(place);
}

/** What a person who watches may switch on and off with Jest's keys, as options would spell it. */
const KEYS_NAME_TESTS: Record<string, (config: Config.GlobalConfig) => boolean> = {
  '-t': ({ testNamePattern = '' }) => testNamePattern !== '',
  '-u': ({ updateSnapshot }) => updateSnapshot === 'all',
  '--onlyFailures': ({ onlyFailures }) => onlyFailures,
};

/**
 * The options that name what this run shall run. While Jest watches, its keys count and not only its command line.
 * @param globalConfig Of the run; null in Jest 29, which does not tell a sequencer.
 */
export function namesTestsNow(
  { namesTests }: CommandLine,
  globalConfig: Config.GlobalConfig | null,
): string[] {
  if (globalConfig === null || !(globalConfig.watch || globalConfig.watchAll)) return namesTests;
  const lasting = namesTests.filter((spelled) => !SWITCHED_BY_KEYS.test(spelled));
  const now = Object.keys(KEYS_NAME_TESTS).filter((name) => KEYS_NAME_TESTS[name]?.(globalConfig));
  return [...lasting, ...now];
}

const SWITCHED_BY_KEYS =
  /^(-t|--test-?(name-?pattern|path-?patterns?)|-u|--update-?snapshot|-f|--only-?failures)$/i;

/** An option counts as given unless its value takes it back: `--coverage=false`, `-t ''`. */
function isGiven(option: GivenOption | undefined): boolean {
  return option !== undefined && option.value !== false && option.value !== '';
}
