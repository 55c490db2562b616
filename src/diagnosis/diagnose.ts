import * as path from 'node:path';
import { locateProject, type ProjectLocation } from '../config/reading/locate';
import { normaliseOptions } from '../config/options';
import { JestMissingError } from '../config/user-jest';
import { commandToAdd } from '../dependencies/packages/package-manager';
import { packageRoot, realPath } from '../dependencies/files/paths';
import { checkCi } from './ci';
import { checkDatabase } from './database';
import { reporter, type Finding } from './finding';
import { checkKeys } from './keys';
import { checkIgnored, checkOptions } from './options';
import { checkShared } from './shared';
import { checkSourceControl } from './source-control';
import { checkTemporaryFolder } from './temporary-folder';
import { checkCopies, checkJest, checkNode } from './versions';
import { messageOf } from '../terminal/error-message';

/**
 * Checks everything that jest-testmon needs to work in a project. Changes nothing and runs no test.
 * @param config The value of `--config`, if it is given.
 */
export async function diagnose(config?: string): Promise<Finding[]> {
  const cwd = process.cwd();
  const place = await locateProject(config).catch((error: unknown) => notLocated(error));
  const located = Array.isArray(place) ? null : place;
  const root = located?.root ?? realPath(packageRoot(cwd));
  const dataFile =
    located?.dataFile ?? path.resolve(root, normaliseOptions({}, process.env).options.dataFile);
  return [
    checkNode(process.versions.node),
    ...(Array.isArray(place) ? place : checkPlace(place)),
    checkCopies([cwd, ...(located === null ? [] : configFolders(located))]),
    ...checkDatabase(dataFile, Date.now()),
    checkSourceControl(dataFile),
    ...checkCi(root),
    checkTemporaryFolder(),
    ...(located === null ? [] : await checkShared(located.options)),
  ];
}

function notLocated(error: unknown): Finding[] {
  const message = messageOf(error);
  const [what = ''] = message
    .replace(/^testmon: /, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (error instanceof JestMissingError) {
    const [said = what, fix = commandToAdd('jest@latest')] = what.split('; ');
    return [reporter('Jest').error(said, fix.replace(/\.$/, ''))];
  }
  return [
    reporter('config').error(
      `the Jest config cannot be loaded: ${what}`,
      'run "npx jest --showConfig", which shows the whole message, and correct the config',
    ),
  ];
}

function checkPlace({
  jest,
  loaded,
  options,
  problems,
  usesWithTestmon,
  root,
}: ProjectLocation): Finding[] {
  return [
    checkJest(jest.version),
    reporter('config').ok(`${loaded.root.configPath ?? 'the config'} loads`),
    ...checkKeys(loaded, usesWithTestmon),
    ...checkOptions(options, problems),
    ...checkIgnored(root, options.ignore),
  ];
}

function configFolders({ loaded }: ProjectLocation): string[] {
  return [loaded.root, ...(loaded.projects ?? [])].flatMap(({ configPath, effective }) => [
    ...(configPath === null ? [] : [path.dirname(configPath)]),
    effective.rootDir,
  ]);
}
