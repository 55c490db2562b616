import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * The commands of a project's package manager.
 *
 * `package-manager-detector` identifies the manager by the same files. It is not used because it is an ES module and
 * returns a promise: our messages are created where an error is thrown, which is synchronous code.
 */
export interface PackageManager {
  install: string;
  /** The command to add a development dependency, without the package name. */
  add: string;
  /** The prefix to run a command of a package. */
  run: string;
}

const NPM: PackageManager = { install: 'npm ci', add: 'npm install --save-dev', run: 'npx' };

const YARN: PackageManager = {
  install: 'yarn install --frozen-lockfile',
  add: 'yarn add --dev',
  run: 'yarn',
};

/** The first manager whose file exists is used. */
const MANAGERS: [file: string, manager: PackageManager][] = [
  [
    'pnpm-lock.yaml',
    {
      install: 'corepack enable && pnpm install --frozen-lockfile',
      add: 'pnpm add --save-dev',
      run: 'pnpm exec',
    },
  ],
  ['.yarnrc.yml', { ...YARN, install: 'corepack enable && yarn install --immutable' }],
  ['yarn.lock', YARN],
  ['package-lock.json', NPM],
];

/**
 * Identifies the package manager by the files in the project's folder or, in a workspace, in the nearest folder above
 * that has one.
 */
export function packageManagerOf(folder: string): PackageManager {
  const found = MANAGERS.find(([file]) => fs.existsSync(path.join(folder, file)));
  if (found !== undefined) return found[1];
  const above = path.dirname(folder);
  return above === folder ? { ...NPM, install: 'npm install' } : packageManagerOf(above);
}

/**
 * Returns the command that adds a development dependency.
 * @param name The package, optionally with a version.
 * @param folder Absolute path of a folder of the project.
 */
export function commandToAdd(name: string, folder: string = process.cwd()): string {
  return `${packageManagerOf(folder).add} ${name}`;
}
