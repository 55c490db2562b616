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

/** Keys of package.json that tell Node, Jest or a transformer how to work. */
const PACKAGE_KEYS = ['name', 'type', 'imports', 'browser'];

/**
 * Keys of package.json that say by which of its files a package is entered. They count for the test files that ask for it
 * by its name or its folder, unless a resolver, a compiler or a global setup asks in its own way.
 */
const ENTRY_KEYS = ['exports', 'main', 'module'];

/** Keys of package.json that configure tools: what they name is loaded by a tool. */
const TOOL_KEYS = ['babel', 'browserslist', 'swc', 'ts-jest'];

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

/** The project config as the user wrote it, with what decides results alone. */
export interface ToolChainInput {
  config: Config.ProjectConfig;
  jestVersion: string;
  globalKeys: GlobalKeys;
  /** The user's global setups, of the root and of the project. */
  globalSetups: string[];
  /** Records made with the type checker in mind hold more. */
  typeErrors: 'ignore' | 'select';
  root: string;
  /** Absolute path of the folder that Jest is started in. */
  cwd: string;
  packages: PackageReader;
  started: ProcessSnapshot;
}

/**
 * Hashes what shapes every result of a project: Jest's version, the project config, the files and installed packages
 * of the tool chain. A changed hash is another environment, in which nothing has been recorded yet.
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
  // All the rest is known to whoever has the code, so that a short value could be found by trying.
  const tellsSecrets = variables.some(([name, value]) => mayBeSecret(name, value));
  return tellsSecrets ? slowHashes.of('tool chain', hash) : hash;
}

/** The project's own files that shape every result, as absolute paths. */
export function toolChainFiles(input: ToolChainInput): string[] {
  return partsOf(input).files;
}

/** What a tool chain consists of besides installed packages. */
function partsOf(input: ToolChainInput) {
  const { config, root } = input;
  const rootDir = realPath(config.rootDir);
  const shaped = Object.entries(config)
    .filter(([key]) => !RESULTLESS_KEYS.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const named = [...namesIn(shaped), ...input.globalSetups];

  const folders = [...new Set([rootDir, root])];
  const configFiles = folders.flatMap((folder) =>
    CONFIG_FILES.map((file) => path.join(folder, file)),
  );
  // What the runtime loads for a test is recorded as code; only the tool chain's own files belong here.
  const runtimeFiles = new Set([
    ...config.setupFiles,
    ...config.setupFilesAfterEnv,
    ...config.snapshotSerializers,
  ]);
  const ownFiles = named
    // A transformer's options may name its config by a relative path.
    .map((text) => (isPath(text) ? path.resolve(rootDir, text) : text))
    .filter((file) => path.isAbsolute(file) && packageFolder(file) === null && isFile(file))
    .filter((file) => !runtimeFiles.has(file));
  // Files may have come or gone, and packages been linked anew.
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

/** Configs that name the plug-ins to load in quotes. A resolver names the files that it reads. */
const NAMES_PLUGINS = /babel|swc/;

/** Whether a text of a config can be a relative path; a lone word is not meant as one. */
function isPath(text: string): boolean {
  return !path.isAbsolute(text) && /^[^\s*^$()<>|?]*[./][^\s*^$()<>|?]*$/.test(text);
}

const VARIABLE =
  /\bprocess\.env(?:\.|\[["'`])(\w+)\b(?!["'`\]]*\s*=[^=])|\{([^{}]*)\}\s*=\s*process\.env\b/g;

/** The environment variables that a file of the tool chain reads by name. */
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

/** The keys of a package.json that count for all. */
function packageKeys({ config, globalSetups }: ToolChainInput): readonly string[] {
  const isPlain =
    typeof config.resolver !== 'string' &&
    globalSetups.length === 0 &&
    !config.transform.some(([, transformer]) => inlinesAcrossFiles(transformer));
  return isPlain ? PACKAGE_KEYS : [...PACKAGE_KEYS, ...ENTRY_KEYS];
}

function pick(manifest: Record<string, unknown> | null, keys: readonly string[]): unknown {
  return manifest === null ? null : keys.map((key) => manifest[key] ?? null);
}
