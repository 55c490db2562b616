import * as path from 'node:path';
import type { Config } from 'jest';
import { type GivenArguments, readArguments } from './arguments';
import { readCommandLine } from './command-line';
import { compose } from './compose';
import { publishComposition, readComposition } from './composition';
import { callerFile, locateConfig } from './reading/config-file';
import { toArgv } from './reading/argv';
import { loadGivenConfig } from './reading/load';
import { UserConfigError } from './reading/normalise';
import { normaliseOptions, type Options, type UserOptions } from './options';
import type { RawConfig } from './reading/raw-config';
import { collectOptions, isRead } from './reading/uncomposed';
import { findRunningJest } from './user-jest';
import { CompositionError, sentenceOf, warn } from './warn';

/** Whatever a Jest config file may export. */
export type ConfigExport = Config | Promise<Config> | (() => Config | Promise<Config>);

/**
 * What `withTestmon` returns: a function, which Jest calls. Its type is that of a config as well, so that
 * `const config: Config = withTestmon({ … })` type-checks: every key of a config is optional, and
 * the function has none of them.
 */
export type ComposedConfig = Config & (() => Promise<Config>);

/**
 * Composes jest-testmon into a Jest config: transformers, test environment, test runner, sequencer, reporters and
 * global setup are wrapped, everything else stays as it is.
 *
 * ```js
 * export default withTestmon({ preset: 'ts-jest' });
 * ```
 * @param config What the config file exported before: a config, a promise of one, or a function that returns either.
 * @param options Options that hold for everyone; `TESTMON_*` variables and arguments of the command overrule them.
 * @returns What the config file exports now. It never throws an error of ours: where composing fails, it says so in
 * one sentence on stderr and Jest gets the config as it was.
 */
export function withTestmon(config: ConfigExport, options?: UserOptions): ComposedConfig {
  const caller = callerFile(withTestmon);
  // A promise that is rejected before Jest calls us must not end the process with a message of Node's.
  if (config instanceof Promise) config.catch(() => undefined);

  return async () => {
    // A function may itself come from `withTestmon`: then it hands over what it would have composed.
    const { result, options: inner } = await collectOptions(async () =>
      typeof config === 'function' ? config() : config,
    );
    const raw = result as RawConfig;
    const given = { ...inner, ...options };
    if (isRead(given)) return result;

    const { options: normalised, problems } = normaliseOptions(given, process.env);
    if (!normalised.enabled) return result;
    problems.forEach(warn);
    try {
      return await composeRead(raw, normalised, caller);
    } catch (error) {
      if (!(error instanceof UserConfigError)) warn(sentenceOf(error));
      return result;
    }
  };
}

async function composeRead(
  raw: RawConfig,
  options: Options,
  caller: string | null,
): Promise<RawConfig> {
  const cwd = process.cwd();
  const near = caller === null ? [cwd] : [path.dirname(caller), cwd];
  const jest = findRunningJest(near);
  const given = readArguments(process.argv.slice(2), jest.optionTable);
  refuseOverrides(given);

  const argv = toArgv(given, jest.optionTable);
  // Projects on the command line are read by Jest one by one; each is then a root of its own.
  delete argv['projects'];
  const configPath = locateConfig(
    caller,
    argv['config'],
    jest.config.constants.JEST_CONFIG_EXT_ORDER,
  );
  const loaded = await loadGivenConfig(jest.config, argv, raw, configPath);
  const command = readCommandLine(given);
  const composed = await compose(loaded, { jest: jest.config, options, command, by: 'config' });
  if (isRoot(configPath, given)) {
    publishComposition(composed.composition);
    return composed.config;
  }
  // Jest runs ours once for all projects, for the root's; that of another project it runs itself.
  const { globalSetup } = composed.composition;
  return globalSetup === null || globalSetup === readComposition()?.globalSetup
    ? composed.config
    : { ...composed.config, globalSetup };
}

/** Of several projects on the command line, Jest takes the first for the root of all. */
function isRoot(configPath: string, { options }: GivenArguments): boolean {
  const first = options.find(({ name }) => name === 'projects')?.value;
  if (!Array.isArray(first) || first[0] === undefined) return true;
  const project = path.resolve(first[0]);
  return project === configPath || project === path.dirname(configPath);
}

/** Jest lays its command line over the config when we have no say any more. */
const OVERRIDES = [
  'transform',
  'testRunner',
  'testSequencer',
  'testEnvironmentOptions',
  'globalSetup',
];

function refuseOverrides({ options }: GivenArguments): void {
  const override = options.find(({ name }) => OVERRIDES.includes(name));
  if (override === undefined) return;
  throw new CompositionError(
    `testmon: ${override.spelled} on the command line replaces what withTestmon sets, so this run is plain Jest, all tests and no records; run "npx jest-testmon" in place of "jest", with the same arguments, to have both.`,
  );
}
