import * as path from 'node:path';
import { realPath } from '../../dependencies/files/paths';
import { readArguments } from '../arguments';
import { commonFolder } from '../compose';
import { toArgv } from './argv';
import { loadConfigs } from './load';
import { normaliseOptions, type Options } from '../options';
import type { LoadedConfigs } from './raw-config';
import { collectOptions } from './uncomposed';
import { findJest, type UserJest } from '../user-jest';

/** A project as commands see it that run no tests. */
export interface ProjectLocation {
  jest: UserJest;
  loaded: LoadedConfigs;
  options: Options;
  /** A sentence for each option that could not be used. */
  problems: string[];
  /** Whether a `withTestmon` stands in the config. */
  usesWithTestmon: boolean;
  /** Absolute, real path of the folder that stored paths are relative to. */
  root: string;
  /** Absolute path of the database. */
  dataFile: string;
}

/**
 * Reads a project's Jest config, and finds its root and its database, as a run would.
 * @param config What `--config` would say.
 * @throws {JestMissingError} Where there is no Jest.
 * @throws {UserConfigError} Where Jest refuses the config.
 */
export async function locateProject(config?: string): Promise<ProjectLocation> {
  // Configs may look at it, as Jest's own command sets it.
  process.env['NODE_ENV'] ??= 'test';
  const args = config === undefined ? [] : ['--config', config];
  const beside = config === undefined ? [] : [path.dirname(path.resolve(config))];
  const jest = findJest([process.cwd(), ...beside]);
  const argv = toArgv(readArguments(args, jest.optionTable), jest.optionTable);
  const { result: loaded, options: given } = await collectOptions(() =>
    loadConfigs(jest.config, argv),
  );
  const { options, problems } = normaliseOptions(given, process.env);
  const folders = [loaded.root, ...(loaded.projects ?? [])].map(
    ({ effective }) => effective.rootDir,
  );
  const root = realPath(commonFolder(folders));
  return {
    jest,
    loaded,
    options,
    problems,
    usesWithTestmon: given !== undefined,
    root,
    dataFile: path.resolve(root, options.dataFile),
  };
}
