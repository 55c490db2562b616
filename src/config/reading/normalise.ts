import { stripVTControlCharacters } from 'node:util';
import type { Argv } from './argv';
import type { EffectiveConfig, RawConfig } from './raw-config';
import type { JestConfigModule } from '../user-jest';
import { withoutValidationMessages } from './validation-messages';
import { swallowed } from '../../terminal/debug';
import { messageOf } from '../../terminal/error-message';

/** Jest refused the config. This error is never shown, because Jest itself reports it. */
export class UserConfigError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/**
 * Returns Jest's normalized config. Warnings are suppressed, because Jest prints them when it reads the composed
 * config.
 * @param raw The original config with an absolute root directory.
 * @param index The index of the project.
 * @throws {UserConfigError} If Jest refuses it.
 */
export async function normalise(
  jest: JestConfigModule,
  raw: RawConfig,
  argv: Argv,
  configPath: string | null,
  index: number,
): Promise<EffectiveConfig> {
  return refused(() =>
    withoutValidationMessages(async () => {
      const argvCopy = { ...argv, _: [] };
      const { options } = await jest.normalize(copyRaw(raw), argvCopy, configPath, index, false);
      return options as unknown as EffectiveConfig;
    }),
  );
}

/** Copies the values that Jest modifies. */
function copyRaw(raw: RawConfig): RawConfig {
  const { transform, reporters } = raw;
  const copy = { ...raw };
  if (isRecord(transform)) copy['transform'] = copyTransform(transform);
  if (Array.isArray(reporters)) {
    copy['reporters'] = reporters.map((entry: unknown) =>
      Array.isArray(entry) ? [...(entry as unknown[])] : entry,
    );
  }
  return copy;
}

function copyTransform(transform: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(transform).map(([pattern, entry]) => [
      pattern,
      Array.isArray(entry) ? [...(entry as unknown[])] : entry,
    ]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Runs a function of jest-config. An error means that Jest refuses the user's config.
 * @throws {UserConfigError} If the function throws.
 */
export async function refused<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new UserConfigError(error);
  }
}

/**
 * Returns the keys of a config that Jest accepts in a config file but not in an inline project. The list differs
 * between versions of Jest, so it is found by the warnings that Jest prints.
 */
export async function findRootOnlyKeys(jest: JestConfigModule, raw: RawConfig): Promise<string[]> {
  const asRoot = await findWarnedKeys(jest, raw, false);
  const asProject = await findWarnedKeys(jest, raw, true);
  return asProject.filter((key) => !asRoot.includes(key));
}

async function findWarnedKeys(
  jest: JestConfigModule,
  raw: RawConfig,
  isProject: boolean,
): Promise<string[]> {
  const keys: string[] = [];
  const read = () => jest.normalize(copyRaw(raw), { _: [] }, null, 0, isProject);
  try {
    await withoutValidationMessages(read, (message) => {
      const match = /ption "(\w+)"/.exec(stripVTControlCharacters(message));
      if (match?.[1] !== undefined) keys.push(match[1]);
    });
  } catch (error) {
    swallowed('config', error, 'asking Jest which keys belong to the root');
    // Jest may refuse the config here although it accepts it in its own context. Only the warnings matter.
  }
  return keys;
}
