import { stripVTControlCharacters } from 'node:util';
import type { Argv } from './argv';
import type { EffectiveConfig, RawConfig } from './raw-config';
import type { JestConfigModule } from '../user-jest';
import { withoutValidationMessages } from './validation-messages';
import { swallowed } from '../../terminal/debug';
import { messageOf } from '../../terminal/error-message';

/** Jest refused the config. Jest itself says so better than we could, so this is never shown. */
export class UserConfigError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/**
 * What Jest makes of a config, without a word: Jest warns when it reads the composed config, and must not warn twice.
 * @param raw As written, with an absolute root directory.
 * @param index The project's place among several.
 * @throws {UserConfigError} Where Jest refuses it.
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

/** Jest resolves some values in place, in the objects it was given. */
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

/** Runs something of jest-config; what it throws is Jest's answer to the user's config. */
export async function refused<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new UserConfigError(error);
  }
}

/**
 * The keys of a config that Jest accepts in a config file, and would warn of in a project written inside another one.
 * Asks Jest itself, by the warnings it gives: the list differs between its versions.
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
    // It could be read with its own circumstances; only the warnings are of interest here.
  }
  return keys;
}
