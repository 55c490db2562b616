import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Config } from '@jest/types';
import type { GivenArguments, GivenOption } from './arguments';

/** The options of the user's Jest command line that affect selection and messages. */
export interface CommandLine {
  /**
   * The options, as typed, that name what to run. These tests run in full, without selection, unless selection is
   * forced. Empty if there are none.
   */
  namesTests: string[];
  /** Path patterns in order. With `--findRelatedTests` or `--runTestsByPath` these are paths. */
  patterns: string[];
  testNamePattern: string | null;
  listTests: boolean;
  /** `--silent`: suppresses our own output too. */
  silent: boolean;
  /** `--json`: reserves standard output for Jest's report. */
  json: boolean;
  outputFile: string | null;
  watch: boolean;
  watchAll: boolean;
  /** Null if the command line does not mention it. */
  coverage: boolean | null;
  /** Null if the command line does not mention it. */
  coverageProvider: string | null;
  /** Null if the command line does not mention it. */
  passWithNoTests: boolean | null;
  /** As typed, such as `2/3`. */
  shard: string | null;
  /** Whether Jest itself only runs tests for files that changed in source control. */
  onlyChanged: boolean;
  showConfig: boolean;
  collectTests: boolean;
}

/** Jest's options that name what to run. */
const NAMES_TESTS = [
  'testNamePattern',
  'findRelatedTests',
  'runTestsByPath',
  'onlyFailures',
  'updateSnapshot',
];

const NARROWS_TO_CHANGED = [
  'onlyChanged',
  'lastCommit',
  'changedSince',
  'changedFilesWithAncestor',
];

/** Extracts the relevant options from a parsed command line. */
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
    coverageProvider: text('coverageProvider'),
    passWithNoTests: optionalFlag('passWithNoTests'),
    shard: text('shard'),
    onlyChanged: NARROWS_TO_CHANGED.some(given),
    showConfig: flag('showConfig'),
    collectTests: flag('collectTests'),
  };
}

/**
 * Whether a pattern is the escaped absolute path of an existing file or folder. Editors pass test files in this form.
 */
function isWholePath(pattern: unknown): boolean {
  if (typeof pattern !== 'string') return false;
  const place = pattern.replace(/\\([^\w\s])/g, '$1');
  return path.isAbsolute(place) && fs.existsSync(place);
}

/** The settings that a user can change by Jest's keys in watch mode, spelled as options. */
const KEYS_NAME_TESTS: Record<string, (config: Config.GlobalConfig) => boolean> = {
  '-t': ({ testNamePattern = '' }) => testNamePattern !== '',
  '-u': ({ updateSnapshot }) => updateSnapshot === 'all',
  '--onlyFailures': ({ onlyFailures }) => onlyFailures,
};

/**
 * Returns the options that name what this run executes. In watch mode, the settings that were made by keys count too.
 * @param globalConfig The config of this run. Null in Jest 29, which does not pass it to a sequencer.
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

/** Whether an option has an effect. `--coverage=false` and `-t ''` have none. */
function isGiven(option: GivenOption | undefined): boolean {
  return option !== undefined && option.value !== false && option.value !== '';
}
