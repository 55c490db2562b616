import * as path from 'node:path';
import type { CommandLine } from './command-line';
import { composeProject } from './compose-project';
import type { Composition } from './composition';
import { defaultReporter } from './default-reporter';
import { globalKeys } from './global-keys';
import type { Options } from './options';
import { isPlugPoint, plugPoints } from './plug-points';
import type { LoadedConfig, LoadedConfigs, RawConfig, ReporterEntry } from './reading/raw-config';
import type { JestConfigModule } from './user-jest';

/** What the composed config depends on besides the user's config. */
export interface ComposeContext {
  jest: JestConfigModule;
  options: Options;
  command: CommandLine;
  by: Composition['by'];
}

/** A composed config, and what the plug points need to know. */
export interface Composed {
  config: RawConfig;
  composition: Composition;
}

/**
 * Composes jest-testmon into a complete Jest configuration. The user's settings stay in force: they are wrapped, or
 * passed to the plug points in the composition.
 */
export async function compose(loaded: LoadedConfigs, context: ComposeContext): Promise<Composed> {
  const { jest, options } = context;
  const { root, projects } = loaded;
  const rootDir = root.effective.rootDir;
  const common = commonFolder([
    rootDir,
    ...(projects ?? []).map(({ effective }) => effective.rootDir),
  ]);
  const { command } = context;
  const coverage = command.coverage ?? root.effective.collectCoverage;
  const coveredByV8 =
    coverage && (command.coverageProvider ?? root.effective.coverageProvider) === 'v8';

  const wrapped = projects === null ? composeProject(root, options, coveredByV8) : { ...root.raw };
  const config: RawConfig = {
    ...wrapped,
    ...(projects !== null && {
      projects: projects.map((project) => inlineProject(project, root, options, coveredByV8)),
    }),
    testSequencer: plugPoints.sequencer,
    globalSetup: plugPoints.globalSetup,
    reporters: await composeReporters(root, jest),
    watchPlugins: composeWatchPlugins(root),
    passWithNoTests: true,
  };

  const { testSequencer, globalSetup, passWithNoTests } = root.effective;
  const composition: Composition = {
    version: 1,
    options: { ...options, dataFile: path.resolve(common, options.dataFile) },
    rootDir,
    root: common,
    sequencer: isPlugPoint(testSequencer) ? null : testSequencer,
    globalSetup: isPlugPoint(globalSetup) ? null : (globalSetup ?? null),
    globalKeys: globalKeys(root.effective),
    effective: root.effective,
    coverage,
    coveredByV8,
    userPassWithNoTests: passWithNoTests,
    command,
    by: context.by,
  };
  return { config, composition };
}

/**
 * Composes one of several projects, as an inline project of the root config. Its `rootDir` and `id` are explicit,
 * because Jest would otherwise derive them from the config file, which it no longer reads.
 */
function inlineProject(
  project: LoadedConfig,
  root: LoadedConfig,
  options: Options,
  coveredByV8: boolean,
): RawConfig {
  const { rootDir, id, globalSetup } = project.effective;
  const allowed = Object.entries(composeProject(project, options, coveredByV8)).filter(
    ([key]) => !project.rootOnlyKeys.includes(key),
  );
  const config: RawConfig = { ...Object.fromEntries(allowed), rootDir, id };
  // If the root and its projects have the same setup, Jest runs it once. So ours replaces it in both.
  if (globalSetup != null && globalSetup === root.effective.globalSetup) {
    config['globalSetup'] = plugPoints.globalSetup;
  }
  return config;
}

async function composeReporters(
  root: LoadedConfig,
  jest: JestConfigModule,
): Promise<ReporterEntry[]> {
  const { reporters, rootDir } = root.effective;
  const theirs: ReporterEntry[] = reporters ?? [[await defaultReporter(jest, rootDir), {}]];
  if (theirs.some(([file]) => isPlugPoint(file))) return theirs;
  return [...theirs, [plugPoints.reporter, {}]];
}

function composeWatchPlugins(root: LoadedConfig): [string, Record<string, unknown>][] {
  const theirs = root.effective.watchPlugins ?? [];
  const ours = theirs.some(({ path: file }) => isPlugPoint(file)) ? [] : [plugPoints.watch];
  return [
    ...theirs.map(({ path: file, config }): [string, Record<string, unknown>] => [file, config]),
    ...ours.map((file): [string, Record<string, unknown>] => [file, {}]),
  ];
}

/**
 * Returns the deepest folder that contains all given folders. If that is the root of the file system, returns the
 * first given folder.
 * @param folders Absolute paths.
 */
export function commonFolder(folders: readonly string[]): string {
  const [first = path.sep, ...others] = folders;
  let common = first;
  for (const folder of others) {
    while (!isInside(folder, common)) {
      if (common === path.dirname(common)) return first;
      common = path.dirname(common);
    }
  }
  return common === path.dirname(common) ? first : common;
}

function isInside(folder: string, parent: string): boolean {
  const relative = path.relative(parent, folder);
  return relative === '' || (relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative));
}
