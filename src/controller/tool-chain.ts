import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vm from 'node:vm';
import type { Config } from '@jest/types';
import { contentHash, shortHash } from '../dependencies/content';
import type { PackageReader } from '../dependencies/packages';
import { packageFolder, realPath, toStored } from '../dependencies/paths';
import { importClosure } from '../dependencies/imports';

/** Files that tell a transformer how to work, looked for beside the project and at the root. */
const CONFIG_FILES = [
  ...[
    'tsconfig.json',
    'jsconfig.json',
    'tsconfig.test.json',
    'tsconfig.spec.json',
    'tsconfig.jest.json',
  ],
  ...['.babelrc', '.babelrc.json', '.babelrc.js', '.babelrc.cjs', '.babelrc.mjs'],
  ...[
    'babel.config.json',
    'babel.config.js',
    'babel.config.cjs',
    'babel.config.mjs',
    'babel.config.cts',
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

/** Variables that tell a transformer how to work. */
const VARIABLES = ['NODE_ENV', 'BABEL_ENV', 'BROWSERSLIST', 'BROWSERSLIST_ENV'];

/** Keys of package.json that tell Node, Jest or a transformer how to work. */
const PACKAGE_KEYS = [
  'type',
  'imports',
  'exports',
  'main',
  'module',
  'browser',
  'babel',
  'browserslist',
  'swc',
  'ts-jest',
];

/** Keys of a project config that decide which tests run or how they are shown, not what a test's result is. */
const RESULTLESS_KEYS = new Set([
  ...[
    'id',
    'cwd',
    'cache',
    'cacheDirectory',
    'displayName',
    'filter',
    'testMatch',
    'testRegex',
    'roots',
    'reporters',
  ],
  ...[
    'testPathIgnorePatterns',
    'watchPathIgnorePatterns',
    'verbose',
    'silent',
    'slowTestThreshold',
    'openHandlesTimeout',
  ],
  ...[
    'collectCoverage',
    'collectCoverageFrom',
    'coverageDirectory',
    'coveragePathIgnorePatterns',
    'coverageProvider',
  ],
  ...[
    'coverageReporters',
    'coverageThreshold',
    'forceCoverageMatch',
    'detectOpenHandles',
    'detectLeaks',
    'skipFilter',
    'testLocationInResults',
  ],
]);

/** The project config as the user wrote it, with what decides results alone. */
export interface ToolChainInput {
  config: Config.ProjectConfig;
  jestVersion: string;
  /** The user's global setup, where there is one. */
  globalSetup: string | null;
  /** Records made with the type checker in mind hold more. */
  typeErrors: 'ignore' | 'select';
  root: string;
  packages: PackageReader;
}

/**
 * Hashes what shapes every result of a project: Jest's version, the project config, the files and installed packages
 * of the tool chain. A changed hash is another environment, in which nothing has been recorded yet.
 */
export function toolChainHash(input: ToolChainInput): string {
  const { config, root } = input;
  const rootDir = realPath(config.rootDir);
  const shaped = Object.entries(config)
    .filter(([key]) => !RESULTLESS_KEYS.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const named = stringsIn(Object.fromEntries(shaped));
  if (input.globalSetup !== null) named.push(input.globalSetup);

  const configFiles = [...new Set([rootDir, root])].flatMap((folder) =>
    CONFIG_FILES.map((file) => path.join(folder, file)),
  );
  const ownFiles = named.filter(
    (text) => path.isAbsolute(text) && packageFolder(text) === null && isFile(text),
  );
  // What the runtime loads for a test is recorded as code; only the tool chain's own files belong here.
  const runtimeFiles = new Set([
    ...config.setupFiles,
    ...config.setupFilesAfterEnv,
    ...config.snapshotSerializers,
  ]);
  const files = importClosure([
    ...configFiles,
    ...ownFiles.filter((file) => !runtimeFiles.has(file)),
  ]);

  const texts = files.map((file) => fs.readFileSync(file, 'utf8'));
  const packages = toolChainPackages([...named, ...texts.flatMap(packageNamesIn)], [rootDir, root]);

  return shortHash(
    JSON.stringify([
      input.jestVersion,
      input.typeErrors,
      VARIABLES.map((name) => process.env[name] ?? null),
      typeof (vm as { SyntheticModule?: unknown }).SyntheticModule === 'function',
      relativeTo(root, shaped),
      files.map((file, index) => [toStored(root, file), contentHash(texts[index] ?? '')]),
      [...new Set([rootDir, root])].map((folder) => packageKeys(path.join(folder, 'package.json'))),
      packages.map((folder) => [
        path.basename(path.dirname(folder)),
        path.basename(folder),
        input.packages.value(folder),
      ]),
    ]),
  );
}

/** Every string anywhere in a value. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

/** String literals in a config file that could name a package. */
function packageNamesIn(text: string): string[] {
  return [...text.matchAll(/["'`]((?:module:)?@?[a-z0-9][\w.-]*(?:\/[\w.-]+)*)["'`]/gi)].map(
    ([, name = '']) => name.replace(/^module:/, ''),
  );
}

/** The folders of the packages that are named, by path or by name, and of all that they depend on; sorted. */
function toolChainPackages(named: string[], from: string[]): string[] {
  const found = new Set<string>();
  const queue: string[] = [];
  const add = (folder: string | null) => {
    if (folder === null || folder === '') return;
    const real = realPath(folder);
    const name = path.basename(real);
    // Ours, and the store's engine: neither shapes a test's result.
    if (found.has(real) || name === 'jest-testmon' || name === 'better-sqlite3') return;
    found.add(real);
    queue.push(real);
  };
  for (const name of new Set(['jest', ...named])) {
    if (path.isAbsolute(name)) add(packageFolder(name));
    else
      for (const spelling of packageSpellings(name))
        for (const folder of from) add(findPackage(folder, spelling));
  }
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const name of dependenciesOf(folder)) add(findPackage(folder, name));
  }
  return [...found].sort();
}

/** Babel's short names: `env` is `babel-preset-env`, `@scope/x` may be `@scope/babel-plugin-x`. */
function packageSpellings(name: string): string[] {
  const match = /^(@[\w.-]+\/)?([\w.-]+)/.exec(name);
  if (match === null) return [];
  const [, scope = '', base = ''] = match;
  if (base === '' || base.startsWith('.')) return [];
  return [
    `${scope}${base}`,
    `${scope}babel-plugin-${base}`,
    `${scope}babel-preset-${base}`,
    ...(scope === '@babel/' ? [`@babel/plugin-${base}`, `@babel/preset-${base}`] : []),
  ];
}

function findPackage(from: string, name: string): string | null {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
    if (path.dirname(at) === at) return null;
  }
}

function dependenciesOf(folder: string): string[] {
  try {
    const manifest = JSON.parse(
      fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string> | undefined>;
    return ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
      Object.keys(manifest[key] ?? {}),
    );
  } catch {
    return [];
  }
}

function packageKeys(file: string): unknown {
  try {
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
    return PACKAGE_KEYS.map((key) => manifest[key] ?? null);
  } catch {
    return null;
  }
}

/** A value with absolute paths in its strings seen from the root, so that another checkout folder makes no difference. */
function relativeTo(root: string, value: unknown): unknown {
  if (typeof value === 'string') {
    if (path.isAbsolute(value)) return `<root>/${toStored(root, value)}`;
    return value.split(root).join('<root>');
  }
  if (Array.isArray(value)) return value.map((item) => relativeTo(root, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, item]) => [
    relativeTo(root, key),
    relativeTo(root, item),
  ]);
}

function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
