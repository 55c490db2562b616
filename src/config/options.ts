import { readBudget } from './budget';
import { combineShared, isShared, type SharedOptions } from './shared-option';
import { readSpotChecks } from './spot-checks';

/** All options of jest-testmon with the values in force. */
export interface Options {
  /** False: Jest behaves exactly as if testmon were not there. Default `true`; `--no-testmon`, `TESTMON=0`. */
  enabled: boolean;
  /** Skip what the changes cannot affect. Default `true`; `--testmon-noselect`, `TESTMON_NOSELECT=1`. */
  select: boolean;
  /** Record what the tests execute. Default `true`; `--testmon-nocollect`, `TESTMON_NOCOLLECT=1`. */
  collect: boolean;
  /**
   * Select even if the command line names what to run, as `-t` does. Default `false`; `--testmon-forceselect`,
   * `TESTMON_FORCESELECT=1`.
   */
  forceSelect: boolean;
  /** Keeps the records of different set-ups apart. Default `'default'`; `--testmon-env`, `TESTMON_ENV`. */
  environmentName: string;
  /** The database. A relative path starts from the root. Default `'.testmondata'`; `TESTMON_DATAFILE`. */
  dataFile: string;
  /** How many passing records are kept per test file. Default `8`. */
  keepRecords: number;
  /** Globs of files, relative to the root, that no result depends on. Default none. */
  ignore: string[];
  /** Globs of test files, relative to the root, that always run. Default none. */
  always: string[];
  /** Environment variables that no result depends on, although tests read them. Default none. */
  ignoreVariables: string[];
  /**
   * Whether a change that only type checking sees, such as ts-jest's diagnostics, selects the tests that import it.
   * Default `'ignore'`; `--testmon-type-errors`, `TESTMON_TYPE_ERRORS`.
   */
  typeErrors: 'ignore' | 'select';
  /**
   * What is skipped: whole test files, or also the unaffected tests in affected test files. Default `'file'`;
   * `--testmon-granularity`, `TESTMON_GRANULARITY`.
   */
  granularity: 'file' | 'test';
  /**
   * Whether Jest's reporters receive unaffected test files as skipped, with the names of their tests. `'coverage'` means
   * only in runs with coverage. Runs that carry coverage always do it. Default `'coverage'`; `--testmon-report-skipped`,
   * `TESTMON_REPORT_SKIPPED=1`.
   */
  reportSkipped: boolean | 'coverage';
  /**
   * The share of the unaffected test files that run as spot checks, such as `'2%'`, to find out whether selection misses
   * something. `'2%@seed'` repeats the choice of an earlier run. Default `'off'`; `--testmon-spot-checks`, `TESTMON_SPOT_CHECKS`.
   */
  spotChecks: string;
  /**
   * Select again, although a spot check failed and its test file has not passed since. Default `false`;
   * `--testmon-trust`, `TESTMON_TRUST=1`.
   */
  trust: boolean;
  /**
   * A store that many machines share: its URL (`postgres://…`, `s3://…`, `file:///folder`), or an object with `url`, `scope`,
   * `base`, `write`, `publicKey` and `timeout`; see [A store that many machines share](shared-store.md).
   * Default `'off'`; `--testmon-shared`, `TESTMON_SHARED`.
   */
  shared: string | SharedOptions;
  /**
   * The time that a run may take, such as `'5m'` or `'90s'`. Of what is affected, what is most likely to fail runs first.
   * What is not reached in time stays affected. Default `'off'`; `--testmon-budget`, `TESTMON_BUDGET`.
   */
  budget: string;
  /**
   * Whether a run fails that did not reach everything in its time.
   * Default `'fail'`; `--testmon-budget-exit`, `TESTMON_BUDGET_EXIT`.
   */
  budgetExit: 'fail' | 'pass';
}

/** The options that a user may pass to `withTestmon(config, options)`. */
export type UserOptions = Partial<Options>;

/** The options in force, and a sentence for each invalid value. */
export interface NormalisedOptions {
  options: Options;
  problems: string[];
}

type Check = (value: unknown) => boolean;

interface Declaration<Value> {
  default: Value;
  allowed: string;
  check: Check;
  /** The environment variable that sets it. `negated` if setting it means `false`. */
  variable?: string;
  negated?: boolean;
  /** Whether the variable takes 0 and 1. Default: where the default is one of both. */
  isSwitch?: boolean;
  /** It may hold credentials: what was given is not repeated. */
  isSecret?: boolean;
  /** What comes of a value and one that overrules it. Default: the latter. */
  combine?: (before: Value, value: Value) => Value;
}

const isBoolean: Check = (value) => typeof value === 'boolean';
const isText: Check = (value) => typeof value === 'string' && value.trim() !== '';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 1;
const isOneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);

const BOOLEAN = { allowed: 'true or false', check: isBoolean };
const TEXT = { allowed: 'a text that is not empty', check: isText };
const TEXTS = { allowed: 'a list of texts', check: isTexts };

const DECLARATIONS: { [Name in keyof Options]: Declaration<Options[Name]> } = {
  enabled: { default: true, ...BOOLEAN, variable: 'TESTMON' },
  select: { default: true, ...BOOLEAN, variable: 'TESTMON_NOSELECT', negated: true },
  collect: { default: true, ...BOOLEAN, variable: 'TESTMON_NOCOLLECT', negated: true },
  forceSelect: { default: false, ...BOOLEAN, variable: 'TESTMON_FORCESELECT' },
  environmentName: { default: 'default', ...TEXT, variable: 'TESTMON_ENV' },
  dataFile: { default: '.testmondata', ...TEXT, variable: 'TESTMON_DATAFILE' },
  keepRecords: { default: 8, allowed: 'a whole number from 1', check: isCount },
  ignore: { default: [], ...TEXTS },
  always: { default: [], ...TEXTS },
  ignoreVariables: { default: [], ...TEXTS },
  typeErrors: {
    default: 'ignore',
    allowed: "'ignore' or 'select'",
    check: isOneOf('ignore', 'select'),
    variable: 'TESTMON_TYPE_ERRORS',
  },
  granularity: {
    default: 'file',
    allowed: "'file' or 'test'",
    check: isOneOf('file', 'test'),
    variable: 'TESTMON_GRANULARITY',
  },
  reportSkipped: {
    default: 'coverage',
    allowed: "true, false or 'coverage'",
    check: isOneOf(true, false, 'coverage'),
    variable: 'TESTMON_REPORT_SKIPPED',
    isSwitch: true,
  },
  spotChecks: {
    default: 'off',
    allowed: "a share such as '2%', a share with a seed such as '2%@1a2b', or 'off'",
    check: (value) => readSpotChecks(value) !== null,
    variable: 'TESTMON_SPOT_CHECKS',
  },
  trust: { default: false, ...BOOLEAN, variable: 'TESTMON_TRUST' },
  shared: {
    default: 'off',
    allowed:
      "'off', a URL that begins with postgres://, s3:// or file:///, or an object with one as its url",
    check: isShared,
    variable: 'TESTMON_SHARED',
    isSecret: true,
    combine: combineShared,
  },
  budget: {
    default: 'off',
    allowed: "a time such as '5m', '90s' or '1h30m', or 'off'",
    check: (value) => readBudget(value) !== null,
    variable: 'TESTMON_BUDGET',
  },
  budgetExit: {
    default: 'fail',
    allowed: "'fail' or 'pass'",
    check: isOneOf('fail', 'pass'),
    variable: 'TESTMON_BUDGET_EXIT',
  },
};

const NAMES = Object.keys(DECLARATIONS) as (keyof Options)[];

/**
 * Determines the values of all options. Later sources win: defaults, then the config, then `TESTMON_*` variables,
 * which the jest-testmon command sets from its own arguments. An invalid value is ignored.
 * @param given The options from the config, not validated.
 * @param environment `process.env`.
 * @param spell Returns the name of an option in `given` for a message.
 */
export function normaliseOptions(
  given: unknown,
  environment: NodeJS.ProcessEnv,
  spell: (name: keyof Options) => string = (name) => `the option ${name}`,
): NormalisedOptions {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const take = (name: keyof Options, value: unknown, source: string) => {
    const { allowed, check, isSecret } = DECLARATIONS[name];
    if (check(value)) values[name] = value;
    else
      problems.push(
        `testmon: ${source} must be ${allowed}${isSecret === true ? '' : `, not ${show(value)}`}; the default is used.`,
      );
  };

  for (const name of NAMES) values[name] = DECLARATIONS[name].default;
  for (const [name, value] of Object.entries(asRecord(given, problems))) {
    if (value === undefined) continue;
    if (isName(name)) take(name, value, spell(name));
    else
      problems.push(
        `testmon: there is no option ${show(name)}, so it has no effect; the options are ${NAMES.join(', ')}.`,
      );
  }
  for (const name of NAMES) {
    const { variable } = DECLARATIONS[name];
    const text = variable === undefined ? undefined : environment[variable];
    if (variable === undefined || text === undefined || text === '') continue;
    const value = readVariable(name, text);
    // `TESTMON_NOSELECT=0` has no effect: it does not override a config that switches selection off.
    if (value === true && DECLARATIONS[name].negated === true) continue;
    const { check, allowed, isSecret, combine } = DECLARATIONS[name] as Declaration<unknown>;
    if (check(value)) values[name] = combine?.(values[name], value) ?? value;
    else
      problems.push(
        `testmon: ${variable} must be ${isSwitch(name) ? '0 or 1' : allowed}${isSecret === true ? '' : `, not ${show(text)}`}; it is not used.`,
      );
  }
  return { options: values as unknown as Options, problems };
}

/**
 * Converts options to the variables that pass them to `withTestmon` in the same process, and to child processes.
 * @param options Only options that were given. Others get no variable.
 */
export function optionsAsVariables(options: UserOptions): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of NAMES) {
    const value = options[name];
    const { variable, negated } = DECLARATIONS[name];
    if (variable === undefined || value === undefined) continue;
    if (typeof value === 'object' && 'url' in value) variables[variable] = value.url;
    else if (typeof value !== 'boolean') variables[variable] = String(value);
    else variables[variable] = value === (negated === true) ? '0' : '1';
  }
  return variables;
}

function isName(name: string): name is keyof Options {
  return Object.hasOwn(DECLARATIONS, name);
}

function isSwitch(name: keyof Options): boolean {
  return DECLARATIONS[name].isSwitch ?? typeof DECLARATIONS[name].default === 'boolean';
}

function readVariable(name: keyof Options, text: string): unknown {
  if (!isSwitch(name)) return text;
  const on = /^(1|true|yes|on)$/i.test(text);
  if (!on && !/^(0|false|no|off)$/i.test(text)) return text;
  return on !== (DECLARATIONS[name].negated === true);
}

function asRecord(given: unknown, problems: string[]): Record<string, unknown> {
  if (given === undefined || given === null) return {};
  if (typeof given === 'object' && !Array.isArray(given)) return given as Record<string, unknown>;
  problems.push(
    `testmon: the options of withTestmon must be an object, not ${show(given)}; the defaults are used.`,
  );
  return {};
}

function show(value: unknown): string {
  return typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
}
