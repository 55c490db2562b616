import * as path from 'node:path';
import { RC_FILES } from '../resolution/resolution-candidates';

/** Config files of transformers. They are searched in the folder of the project and at the root. */
export const CONFIG_FILES: readonly string[] = [
  ...[
    'tsconfig.json',
    'jsconfig.json',
    'tsconfig.test.json',
    'tsconfig.spec.json',
    'tsconfig.jest.json',
  ],
  ...['.babelrc', '.babelrc.json', '.babelrc.js', '.babelrc.cjs', '.babelrc.mjs', '.babelrc.cts'],
  ...[
    'babel.config.json',
    'babel.config.js',
    'babel.config.cjs',
    'babel.config.mjs',
    'babel.config.cts',
    'babel.config.ts',
    'babel.config.mts',
  ],
  ...['.swcrc', '.browserslistrc', 'browserslist'],
  ...[
    'svelte.config.js',
    'svelte.config.mjs',
    'vue.config.js',
    'postcss.config.js',
    'postcss.config.cjs',
  ],
  ...[
    'tailwind.config.js',
    'tailwind.config.ts',
    'lingui.config.js',
    'lingui.config.ts',
    '.linguirc',
  ],
  ...['next.config.js', 'next.config.mjs', 'metro.config.js', 'app.json', 'angular.json'],
];

/** Variables that configure transformers. Their values are part of the environment. */
export const HASHED_VARIABLES: readonly string[] = [
  'NODE_ENV',
  'BABEL_ENV',
  'BROWSERSLIST',
  'BROWSERSLIST_ENV',
];

/** The folders whose configs are part of a project's environment, as absolute paths. */
export interface ConfigFolders {
  root: string;
  rootDir: string;
}

/**
 * Whether a file is a config that is watched elsewhere: as part of the environment, or because it is in a folder
 * above a transformed file.
 * @param name Absolute path.
 * @param file Absolute path of the transformed file. Null if all files are meant.
 */
export function isWatchedConfig(
  name: string,
  file: string | null,
  { root, rootDir }: ConfigFolders,
): boolean {
  const folder = path.dirname(name);
  const base = path.basename(name);
  if ((folder === root || folder === rootDir) && CONFIG_FILES.includes(base)) return true;
  return (
    file !== null &&
    RC_FILES.includes(base) &&
    folder.startsWith(root + path.sep) &&
    file.startsWith(folder + path.sep)
  );
}
