import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../dependencies/files/json';
import type { Config } from '@jest/types';
import type { GlobalKeys } from '../config/global-keys';
import { FINGERPRINTS_VERSION } from '../blocks/syntax/hash';
import { DEPENDENCIES_VERSION } from '../records/types';
import { runCache } from '../dependencies/run-cache';
import { contentHash, shortHash } from '../dependencies/files/content';
import type { PackageReader } from '../dependencies/packages/packages';
import { importClosure, loadableFiles, mentionedFiles } from '../dependencies/resolution/imports';
import { packageFolder, realPath, repositoryRoot } from '../dependencies/files/paths';
import { isFile } from '../dependencies/files/stats';
import { CONFIG_FILES, HASHED_VARIABLES } from '../dependencies/packages/tool-configs';
import { packageNamesIn } from '../dependencies/packages/tool-packages';
import { slowHashes } from '../dependencies/slow-hash';
import { fastValue, ignoredVariables, mayBeSecret } from '../dependencies/variables';
import { preloaded, preloadedPackages, type ProcessSnapshot } from './runtime-fingerprint';
import { inlinesAcrossFiles } from '../transform/inlined-sources';
import { namesIn, portableConfig, portablePath } from './portable-config';
import { swallowed } from '../terminal/debug';

/** Keys of package.json that change how Node, Jest or a transformer treats the package's files. */
const PACKAGE_KEYS = ['name', 'type', 'imports', 'browser'];

/**
 * Keys of package.json that choose a package's entry file. Normally they only count for the test files that import
 * the package by its name or folder. They count for all if a custom resolver, a compiler, a global setup or a global teardown may read
 * them in its own way.
 */
const ENTRY_KEYS = ['exports', 'main', 'module'];

/** Keys of package.json that configure tools. A tool loads the files that they name. */
const TOOL_KEYS = ['babel', 'browserslist', 'swc', 'ts-jest'];

/** Keys of a project config that decide which tests run or how they are shown, but not their results. */
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
    'skipFilter',
    'testLocationInResults',
  ],
]);

/** The project config as the user wrote it, with everything else that shapes results. */
export interface ToolChainInput {
  config: Config.ProjectConfig;
  jestVersion: string;
  globalKeys: GlobalKeys;
  /** The user's global setups and teardowns, of the root config and of the project. */
  globalHooks: string[];
  /** Part of the hash, because records made with `select` contain more dependencies. */
  typeErrors: 'ignore' | 'select';
  root: string;
  /** Absolute path of the folder that Jest is started in. */
  cwd: string;
  packages: PackageReader;
  started: ProcessSnapshot;
}

/**
 * Hashes everything that shapes all results of a project: Jest's version, the project config, and the files and
 * installed packages of the tool chain. If the hash changes, the project is in a new environment without records.
 * @throws {Error} If a file of the tool chain cannot be read.
 */
export function toolChainHash(input: ToolChainInput): string {
  const { root, started } = input;
  const { shaped, named, folders, manifests, toolConfigs, files } = partsOf(input);

  const checkout = { root, workspace: repositoryRoot(root) };
  const contents = files.map((file) => fs.readFileSync(file));
  const texts = [...contents.map(String), ...toolConfigs];
  const packages = input.packages.beneath(
    ['jest', ...named, ...preloadedPackages(), ...texts.flatMap(packageNamesIn)],
    folders,
  );
  const names = [...new Set([...HASHED_VARIABLES, ...texts.flatMap(variablesIn)])].sort();
  const variables = names.map((name) => [name, started.variables[name]] as const);

  const hash = shortHash(
    JSON.stringify([
      FINGERPRINTS_VERSION,
      DEPENDENCIES_VERSION,
      input.jestVersion,
      input.globalKeys,
      input.typeErrors,
      started.runtimeFingerprint,
      variables.map(([name, value]) => [name, value === undefined ? '' : fastValue(value)]),
      portableConfig(checkout, shaped),
      files.map((file, index) => [
        portablePath(checkout, file),
        contentHash(contents[index] ?? ''),
      ]),
      manifests.map((manifest) => pick(manifest, packageKeys(input))),
      toolConfigs,
      packages,
    ]),
  );
  // Everything else in the hash is public for anyone with the code, so a short secret could be found by trying
  // values. A slow hash makes that too expensive.
  const tellsSecrets = variables.some(([name, value]) => mayBeSecret(name, value));
  return tellsSecrets ? slowHashes.of('tool chain', hash) : hash;
}

/** Returns the project's own files that shape all results, as absolute paths. */
export function toolChainFiles(input: ToolChainInput): string[] {
  return partsOf(input).files;
}

/** Collects the tool chain without the installed packages. */
function partsOf(input: ToolChainInput) {
  const { config, root } = input;
  const rootDir = realPath(config.rootDir);
  const shaped = Object.entries(config)
    .filter(([key]) => !RESULTLESS_KEYS.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const named = [...namesIn(shaped), ...input.globalHooks];

  const folders = [...new Set([rootDir, root])];
  const configFiles = folders.flatMap((folder) =>
    CONFIG_FILES.map((file) => path.join(folder, file)),
  );
  // Files that Jest loads for each test file are recorded as code. Only the tool chain's own files belong here.
  const runtimeFiles = new Set([
    ...config.setupFiles,
    ...config.setupFilesAfterEnv,
    ...config.snapshotSerializers,
  ]);
  const ownFiles = named
    // A transformer's option may name its config by a relative path.
    .map((text) => (isPath(text) ? path.resolve(rootDir, text) : text))
    .filter((file) => path.isAbsolute(file) && packageFolder(file) === null && isFile(file))
    .filter((file) => !runtimeFiles.has(file));
  // Files may have been added or removed, and packages linked to another place.
  runCache.clear('imports');
  const seeds = [...configFiles, ...ownFiles, ...preloaded(root)];
  const manifests = folders.map((folder) => readManifest(path.join(folder, 'package.json')));
  const toolConfigs = manifests.map((manifest) => JSON.stringify(pick(manifest, TOOL_KEYS)));
  const files = [
    ...new Set([
      ...importClosure(seeds, loadableFiles),
      ...importClosure(
        seeds.filter((file) => NAMES_PLUGINS.test(path.basename(file)) || file === config.resolver),
        mentionedFiles,
      ),
      ...folders.flatMap((folder, index) => mentionedFiles(toolConfigs[index] ?? '', folder)),
    ]),
  ].sort();
  return { shaped, named, folders, manifests, toolConfigs, files };
}

/** Configs that name the plug-ins to load in quotes. A custom resolver likewise names the files that it reads. */
const NAMES_PLUGINS = /babel|swc/;

/** Whether a text in a config can be a relative path. A single word without a dot or slash is not one. */
function isPath(text: string): boolean {
  return !path.isAbsolute(text) && /^[^\s*^$()<>|?]*[./][^\s*^$()<>|?]*$/.test(text);
}

const VARIABLE =
  /\bprocess\.env(?:\.|\[["'`])(\w+)\b(?!["'`\]]*\s*=[^=])|\{([^{}]*)\}\s*=\s*process\.env\b/g;

/** Returns the environment variables that a file of the tool chain reads by name. */
function variablesIn(text: string): string[] {
  const ignores = ignoredVariables();
  return [...text.matchAll(VARIABLE)]
    .flatMap(([, name, names = '']) => name ?? names.match(/\b[A-Z_]\w*/g) ?? [])
    .filter((name) => !ignores(name));
}

function readManifest(file: string): Record<string, unknown> | null {
  try {
    return parseJson(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    swallowed('workspace', error, `reading ${file}; it counts as missing`);
    return null;
  }
}

/** Returns the keys of package.json that count for all test files. */
function packageKeys({ config, globalHooks }: ToolChainInput): readonly string[] {
  const isPlain =
    typeof config.resolver !== 'string' &&
    globalHooks.length === 0 &&
    !config.transform.some(([, transformer]) => inlinesAcrossFiles(transformer));
  return isPlain ? PACKAGE_KEYS : [...PACKAGE_KEYS, ...ENTRY_KEYS];
}

function pick(manifest: Record<string, unknown> | null, keys: readonly string[]): unknown {
  return manifest === null ? null : keys.map((key) => manifest[key] ?? null);
}
