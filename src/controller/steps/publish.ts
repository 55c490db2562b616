import type { TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import * as path from 'node:path';
import { slowHashes } from '../../dependencies/slow-hash';
import { variableValue } from '../../dependencies/variables';
import type { Dependency } from '../../records/types';
import { BackgroundInputs } from '../../run/background-inputs';
import { outerVariables } from '../../run/outer-variables';
import { RunDirectory, UnsafeFolderError } from '../../run/run-directory';
import {
  publishRunFile,
  RUN_FILE_VERSION,
  type AwaitedSetups,
  type RunFile,
  type RunProject,
} from '../../run/run-file';
import { announce, RUN_FILE_VARIABLE } from '../../run/run-variables';
import { debug } from '../../terminal/debug';
import { messageOf } from '../../terminal/error-message';
import { describeFault, isSystemError } from '../../terminal/fault';
import { packageCache, usersOwn } from '../projects/environments';
import type { Project } from '../projects/project';
import type { RunContext } from '../run-context';
import type { RunSelection, UnaffectedFiles } from './select';

/** The folder of our own code. It may be outside of node_modules, and affects no result. */
const OWN_FOLDER = path.join(__dirname, '..', '..');

/** The run file that workers read, and the folder that they write their journals to. */
export class Publication {
  readonly directory: RunDirectory;
  readonly background: BackgroundInputs;
  readonly #run: RunContext;
  readonly published: RunFile;

  private constructor(run: RunContext, directory: RunDirectory, published: RunFile) {
    this.directory = directory;
    this.background = new BackgroundInputs(directory.backgroundFile);
    this.#run = run;
    this.published = published;
  }

  /**
   * Publishes the run file. Workers may start only after that.
   * @param excluded Absolute paths of folders that affect no result.
   * @param deadline The time at which the run stops, in milliseconds since the epoch.
   * @throws {UnsafeFolderError} If another user could replace our folder.
   * @throws {Error} If the temporary folder cannot be written.
   */
  static publish(
    run: RunContext,
    selection: RunSelection,
    excluded: string[],
    deadline: number | null = null,
  ): Publication {
    const directory = RunDirectory.create(run.request.dataFile);
    const published = makeRunFile(run, selection, directory, excluded, deadline);
    // Workers read the same packages.
    run.packages.keep();
    try {
      publishRunFile(directory.runFile, published);
    } catch (error) {
      directory.remove();
      throw error;
    }
    announce(RUN_FILE_VARIABLE, directory.runFile);
    debug('run')('published %s', directory.runFile);
    return new Publication(run, directory, published);
  }

  /** The user's global setups that must run before tests are recorded. Null if there are none. */
  get awaitedSetups(): AwaitedSetups | null {
    const { request, configs, collects } = this.#run;
    const setups = usersOwn([request.composition, ...configs].map((config) => config?.globalSetup));
    return collects && setups.length > 0 ? { run: this.published, setups } : null;
  }

  /**
   * Tells the workers which environment variables the global setup, or a tool before it, changed. The next selection
   * takes place before the global setup, so records must contain the values from before. The setup itself is part of
   * the tool chain.
   * @param setupInputs The dependencies of the global setup.
   */
  noteGlobalSetup(setupInputs: Dependency[]): void {
    const before = outerVariables();
    const changed = [...new Set([...Object.keys(before), ...Object.keys(process.env)])].filter(
      (name) => before[name] !== process.env[name],
    );
    if (changed.length + setupInputs.length === 0) return;
    const setupVariables = Object.fromEntries(
      changed.map((name) => [name, variableValue(name, before[name])]),
    );
    publishRunFile(this.directory.runFile, { ...this.published, setupVariables, setupInputs });
  }
}

function makeRunFile(
  run: RunContext,
  selection: RunSelection,
  directory: RunDirectory,
  excluded: string[],
  deadline: number | null,
): RunFile {
  const { root, dataFile, options } = run.request;
  return {
    version: RUN_FILE_VERSION,
    runId: directory.runId,
    pid: process.pid,
    began: run.began,
    directory: directory.path,
    root,
    dataFile,
    collect: run.collects,
    deadline,
    typeErrors: options.typeErrors,
    excluded: [...excluded, OWN_FOLDER, directory.path, dataFile],
    ignore: options.ignore,
    ignoreVariables: options.ignoreVariables,
    variableNames: run.tree.variableNames,
    hashMemo: slowHashes.sharedMemo(path.join(directory.path, 'hashes')),
    setupVariables: {},
    setupInputs: [],
    packageCache: packageCache(root, run.configs),
    projects: Object.fromEntries(
      Array.from(run.projects.entries, ([id, project]) => [
        id,
        makeRunProject(run, project, selection.skippedOf(id)),
      ]),
    ),
  };
}

function makeRunProject(run: RunContext, project: Project, skipped: UnaffectedFiles): RunProject {
  const { id: environmentId, ...environment } = project.environment;
  return {
    environmentId,
    environment,
    skipped,
    mocks: project.facts.mocks,
    skippedTests: Object.fromEntries(
      Array.from(run.projects.skipsOf(project), ([file, { recordId, positions }]) => [
        file,
        { recordId, positions },
      ]),
    ),
  };
}

/** Returns the reason why no run file could be published, and that the run is not recorded. */
export function describeUnpublished(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof UnsafeFolderError)
    return `${message}, so this run is not recorded; set TMPDIR to a folder of your own.`;
  return isSystemError(error)
    ? `the temporary folder cannot be written (${message}), so this run is not recorded; set TMPDIR to a folder that can.`
    : describeFault('writing the run file', error, 'this run is not recorded');
}

/** Returns folders that Jest or we write to and that affect no result, as absolute paths. */
export function excludedFolders(
  contexts: readonly TestContext[],
  configs: readonly Config.ProjectConfig[],
): string[] {
  const all = [...contexts.map(({ config }) => config), ...configs];
  return [
    ...new Set(
      all.flatMap(({ cacheDirectory, coverageDirectory }) => [cacheDirectory, coverageDirectory]),
    ),
  ]
    .filter((folder): folder is string => typeof folder === 'string')
    .map((folder) => path.resolve(folder));
}
