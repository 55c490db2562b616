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

/** Everything that a Jest config file may export. */
export type ConfigExport = Config | Promise<Config> | (() => Config | Promise<Config>);

/**
 * The return type of `withTestmon`: a function, which Jest calls. The type is also a config, so that `const config:
 * Config = withTestmon({ … })` compiles. That is sound because all keys of a config are optional, and the function
 * has none.
 */
export type ComposedConfig = Config & (() => Promise<Config>);

/**
 * Composes jest-testmon into a Jest config: wraps transformers, test environment, test runner, sequencer, reporters
 * and global setup. Everything else stays as it is.
 *
 * ```js
 * export default withTestmon({ preset: 'ts-jest' });
 * ```
 * @param config The previous export of the config file: a config, a promise of one, or a function that returns
 *   either.
 * @param options Options for all users of the config. `TESTMON_*` variables and arguments of the command override
 *   them.
 * @returns The new export of the config file. It never throws an error of jest-testmon: if composing fails, it prints
 *   one sentence on standard error and returns the original config.
 */
export function withTestmon(config: ConfigExport, options?: UserOptions): ComposedConfig {
  const caller = callerFile(withTestmon);
  // Otherwise a promise that is rejected before Jest calls the function would end the process with Node's error
  // message.
  if (config instanceof Promise) config.catch(() => undefined);

  return async () => {
    // The function may itself come from `withTestmon`. Then it returns the config that it would have composed.
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
  // With projects on the command line, Jest reads their configs one by one, and each is a root config of its own.
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
  // Jest runs our global setup once for all projects, with the root's setup. A different setup of another project is
  // run by Jest itself.
  const { globalSetup } = composed.composition;
  return globalSetup === null || globalSetup === readComposition()?.globalSetup
    ? composed.config
    : { ...composed.config, globalSetup };
}

/** Whether a config is the root config. Of several projects on the command line, Jest uses the first as the root. */
function isRoot(configPath: string, { options }: GivenArguments): boolean {
  const first = options.find(({ name }) => name === 'projects')?.value;
  if (!Array.isArray(first) || first[0] === undefined) return true;
  const project = path.resolve(first[0]);
  return project === configPath || project === path.dirname(configPath);
}

/** Options that Jest applies to the config after composing. */
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
