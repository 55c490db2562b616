import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { commandToAdd } from '../dependencies/packages/package-manager';
import { realPath } from '../dependencies/files/paths';
import { reporter, type Finding } from './finding';

const OLDEST_NODE = 20;
/** The newest Jest that jest-testmon is tested with. */
const NEWEST_JEST = 30;

/**
 * Checks the version of Node.
 * @param version As in `process.versions.node`.
 */
export function checkNode(version: string): Finding {
  const found = reporter('Node');
  return majorOf(version) >= OLDEST_NODE
    ? found.ok(`Node ${version}`)
    : found.error(
        `Node ${version} is too old`,
        `install Node ${OLDEST_NODE} or later from https://nodejs.org`,
      );
}

/**
 * Checks the version of Jest.
 * @param version The version that was found. A version that is too old is not found at all.
 */
export function checkJest(version: string): Finding {
  const found = reporter('Jest');
  return majorOf(version) <= NEWEST_JEST
    ? found.ok(`Jest ${version}`)
    : found.warning(
        `Jest ${version} is newer than what jest-testmon was tried with`,
        'look for a newer jest-testmon with "npm view jest-testmon version"',
      );
}

/**
 * Checks that a project uses only one copy of jest-testmon. Copies of different versions would write to the same
 * database.
 * @param folders Absolute paths of the folders from which a config or a run may load it.
 */
export function checkCopies(folders: readonly string[]): Finding {
  const found = reporter('jest-testmon');
  const own = readCopy(path.resolve(__dirname, '..', '..', 'package.json'));
  const installed = [...new Set(folders)].flatMap((folder) => resolveCopy(folder) ?? []);
  const copies = new Map(
    [...(own === null ? [] : [own]), ...installed].map((copy) => [copy.folder, copy]),
  );
  const named = [...copies.values()]
    .map(({ version, folder }) => `${version} in ${folder}`)
    .join(', ');
  const versions = new Set([...copies.values()].map(({ version }) => version));
  if (versions.size > 1) {
    return found.error(
      `several versions of jest-testmon are in use: ${named}`,
      'install one version in the whole repository ("npm ls jest-testmon" shows who asks for which)',
    );
  }
  if (installed.length === 0) {
    return found.warning(
      `jest-testmon ${own?.version ?? ''} runs, but it is not installed in this project`,
      commandToAdd('jest-testmon', folders[0]),
    );
  }
  if (copies.size > 1) {
    return found.warning(
      `jest-testmon is installed more than once: ${named}`,
      'run "npm dedupe", and run the command of the project with "npx jest-testmon"',
    );
  }
  return found.ok(`jest-testmon ${own?.version ?? ''}, one copy`);
}

interface Copy {
  version: string;
  folder: string;
}

function resolveCopy(folder: string): Copy | null {
  try {
    return readCopy(
      createRequire(path.join(folder, 'noop.js')).resolve('jest-testmon/package.json'),
    );
  } catch {
    // It is not installed there.
    return null;
  }
}

function readCopy(file: string): Copy | null {
  try {
    const { version = '' } = JSON.parse(fs.readFileSync(file, 'utf8')) as { version?: string };
    return { version, folder: path.dirname(realPath(file)) };
  } catch {
    // The package.json is missing or invalid. That copy cannot be used.
    return null;
  }
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
