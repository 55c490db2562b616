import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * How a project's packages are installed and their commands run. The package `package-manager-detector` finds the
 * manager by the same files, but it is an ES module and answers with a promise: our sentences are made where an error is
 * thrown.
 */
export interface PackageManager {
  install: string;
  /** Comes before the name of a package that is to be added for development. */
  add: string;
  /** Comes before the name of a command. */
  run: string;
}

const NPM: PackageManager = { install: 'npm ci', add: 'npm install --save-dev', run: 'npx' };

const YARN: PackageManager = {
  install: 'yarn install --frozen-lockfile',
  add: 'yarn add --dev',
  run: 'yarn',
};

/** The first whose file is there. */
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

/** By the files in a project's folder or, as in a workspace, in the nearest one above it that has any. */
export function packageManagerOf(folder: string): PackageManager {
  const found = MANAGERS.find(([file]) => fs.existsSync(path.join(folder, file)));
  if (found !== undefined) return found[1];
  const above = path.dirname(folder);
  return above === folder ? { ...NPM, install: 'npm install' } : packageManagerOf(above);
}

/**
 * The command that adds a package for development.
 * @param name The package, with a version if one is meant.
 * @param folder Absolute path of a folder of the project.
 */
export function commandToAdd(name: string, folder: string = process.cwd()): string {
  return `${packageManagerOf(folder).add} ${name}`;
}
