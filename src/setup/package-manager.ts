import * as fs from 'node:fs';
import * as path from 'node:path';

/** How a project's packages are installed and their commands run. */
export interface PackageManager {
  install: string;
  /** Comes before the name of a command. */
  run: string;
}

/** The first whose file is there. */
const MANAGERS: [file: string, manager: PackageManager][] = [
  [
    'pnpm-lock.yaml',
    { install: 'corepack enable && pnpm install --frozen-lockfile', run: 'pnpm exec' },
  ],
  ['.yarnrc.yml', { install: 'corepack enable && yarn install --immutable', run: 'yarn' }],
  ['yarn.lock', { install: 'yarn install --frozen-lockfile', run: 'yarn' }],
  ['package-lock.json', { install: 'npm ci', run: 'npx' }],
];

/** By the files in a project's folder. */
export function packageManagerOf(folder: string): PackageManager {
  const found = MANAGERS.find(([file]) => fs.existsSync(path.join(folder, file)));
  return found?.[1] ?? { install: 'npm install', run: 'npx' };
}
