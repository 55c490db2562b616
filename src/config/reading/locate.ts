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

/** A project, for commands that run no tests. */
export interface ProjectLocation {
  jest: UserJest;
  loaded: LoadedConfigs;
  options: Options;
  /** A sentence for each option with an invalid value. */
  problems: string[];
  /** Whether the config calls `withTestmon`. */
  usesWithTestmon: boolean;
  /** Absolute real path of the folder that stored paths are relative to. */
  root: string;
  /** Absolute path of the database. */
  dataFile: string;
}

/**
 * Reads a project's Jest config and finds its root and its database, as a run would.
 * @param config The value of `--config`.
 * @throws {JestMissingError} If Jest is not installed.
 * @throws {UserConfigError} If Jest refuses the config.
 */
export async function locateProject(config?: string): Promise<ProjectLocation> {
  // Jest's own command sets this, and configs may read it.
  process.env['NODE_ENV'] ??= 'test';
  const args = config === undefined ? [] : ['--config', config];
  const beside = config === undefined ? [] : [path.dirname(path.resolve(config))];
  const jest = findJest(process.cwd(), beside);
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
