import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Argv } from './argv';
import { findRootOnlyKeys, normalise, refused, UserConfigError } from './normalise';
import type { LoadedConfig, LoadedConfigs, RawConfig } from './raw-config';
import { readUncomposed } from './uncomposed';
import type { JestConfigModule } from '../user-jest';

/**
 * Reads all configs of a run like `readConfigs` of jest-config. In addition to the effective config it keeps the
 * original one, which Jest drops.
 * @throws {UserConfigError} If Jest would refuse a config too.
 */
export async function loadConfigs(jest: JestConfigModule, argv: Argv): Promise<LoadedConfigs> {
  const cwd = process.cwd();
  const given = Array.isArray(argv['projects']) ? (argv['projects'] as string[]) : [];
  const paths = given.length > 0 ? given : [cwd];

  const [only] = paths;
  if (paths.length === 1 && only !== undefined) {
    const root = await loadOne(jest, argv, only, {});
    return completeRoot(jest, argv, root);
  }
  // With several `--projects`, newer versions of Jest read the global config from `--config`.
  const readsGlobal = /projectPaths\.length > 1/.test(String(jest.readConfigs));
  if (readsGlobal && typeof argv['config'] === 'string') {
    const root = await loadOne(jest, argv, cwd, {});
    return { root, projects: await loadProjects(jest, argv, paths, root.configPath) };
  }
  const projects = await loadProjects(jest, argv, paths, null);
  const [root] = projects;
  if (root === undefined) throw new UserConfigError('No configuration found for any project.');
  return { root, projects };
}

/**
 * Like `loadConfigs`, for a root config that Jest has read already.
 * @param raw The value that the config file exports.
 * @param configPath Absolute path of the config file.
 * @throws {UserConfigError} If Jest would refuse a config too.
 */
export async function loadGivenConfig(
  jest: JestConfigModule,
  argv: Argv,
  raw: RawConfig,
  configPath: string,
): Promise<LoadedConfigs> {
  const given = typeof raw['rootDir'] === 'string' ? raw['rootDir'] : '.';
  const rootDir = path.resolve(path.dirname(configPath), given);
  const effective = await normalise(jest, { ...raw, rootDir }, argv, configPath, 0);
  const root = { raw: { ...raw, rootDir }, effective, configPath, rootOnlyKeys: [] };
  return completeRoot(jest, argv, root);
}

async function completeRoot(
  jest: JestConfigModule,
  argv: Argv,
  root: LoadedConfig,
): Promise<LoadedConfigs> {
  const { projects } = root.effective;
  if (projects.length === 0) return { root, projects: null };
  return { root, projects: await loadProjects(jest, argv, projects, root.configPath) };
}

async function loadProjects(
  jest: JestConfigModule,
  argv: Argv,
  projects: readonly (string | RawConfig)[],
  rootConfigPath: string | null,
): Promise<LoadedConfig[]> {
  const cwd = process.cwd();
  const firstIsCwd = projects[0] === cwd;
  const parentFolder = rootConfigPath === null ? cwd : path.dirname(rootConfigPath);
  const readable = projects.filter((project) => !isForeignFile(jest, project));
  const loaded: LoadedConfig[] = [];
  // In sequence, unlike Jest: presets are loaded again for each, and messages are muted meanwhile.
  for (const [index, project] of readable.entries()) {
    const isOnlyAndCwd = index === 0 && projects.length === 1 && firstIsCwd;
    loaded.push(
      await loadOne(jest, argv, project, {
        ownConfig: !isOnlyAndCwd,
        parentFolder,
        // Without a root config, the first project configures the run.
        mayBeRoot: (configPath) =>
          rootConfigPath === null ? index === 0 : configPath === rootConfigPath,
        index,
        skipMultipleConfigError: firstIsCwd,
      }),
    );
  }
  refuseDuplicates(loaded);
  return loaded;
}

interface ReadOptions {
  /** Whether the project's own config is used, whatever `--config` says. */
  ownConfig?: boolean;
  parentFolder?: string;
  /** Whether a project's config file is also the root config. */
  mayBeRoot?: (configPath: string | null) => boolean;
  index?: number;
  skipMultipleConfigError?: boolean;
}

/** Like `readConfig` of jest-config, but keeps the original config. */
async function loadOne(
  jest: JestConfigModule,
  argv: Argv,
  project: string | RawConfig,
  options: ReadOptions,
): Promise<LoadedConfig> {
  const { ownConfig = false, parentFolder, index = 0, skipMultipleConfigError = false } = options;
  const config = argv['config'] as string | undefined;
  const { config: raw, configPath } = await refused(() =>
    readUncomposed(() =>
      jest.readInitialOptions(config, {
        // A copy, because Jest writes a root directory into an inline project.
        packageRootOrConfig: typeof project === 'string' ? project : { ...project },
        parentConfigDirname: parentFolder ?? null,
        readFromCwd: ownConfig,
        skipMultipleConfigError,
      }),
    ),
  );
  const effective = await normalise(jest, raw, argv, configPath, index);
  // Jest applies an inline config of the command line to every project.
  const overlay = readOverlay(config);
  const written = { ...raw, ...overlay };
  const rootOnlyKeys =
    overlay !== null || options.mayBeRoot?.(configPath) === true
      ? await findRootOnlyKeys(jest, written)
      : [];
  return { raw: written, effective, configPath, rootOnlyKeys };
}

function readOverlay(config: string | undefined): RawConfig | null {
  if (config === undefined || !config.startsWith('{') || !config.endsWith('}')) return null;
  return JSON.parse(config) as RawConfig;
}

/** Whether a path is not a config. The glob of a project may match such files, and Jest leaves them out. */
function isForeignFile(jest: JestConfigModule, project: string | RawConfig): boolean {
  return (
    typeof project === 'string' &&
    fs.existsSync(project) &&
    !fs.lstatSync(project).isDirectory() &&
    !jest.constants.JEST_CONFIG_EXT_ORDER.some((extension) => project.endsWith(extension))
  );
}

/** Jest refuses two projects with the same config file. As inline projects it would not notice them. */
function refuseDuplicates(projects: readonly LoadedConfig[]): void {
  const seen = new Set<string>();
  for (const { configPath } of projects) {
    if (configPath === null) continue;
    if (seen.has(configPath)) throw new UserConfigError(`Two projects share ${configPath}.`);
    seen.add(configPath);
  }
}
