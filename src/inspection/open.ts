import type { Config } from '@jest/types';
import type { Options, UserOptions } from '../config/options';
import {
  environmentKeys,
  packageCache,
  type EnvironmentPlace,
} from '../controller/projects/environments';
import { findOpenEscapes } from '../controller/checks/escapes';
import { Project } from '../controller/projects/project';
import type { Found } from '../controller/session';
import { WorkingTree } from '../workspace/working-tree';
import { PackageReader } from '../dependencies/packages/packages';
import { realPath } from '../dependencies/files/paths';
import { ignoredVariables } from '../dependencies/variables';
import {
  asStoreError,
  isBeyondUse,
  Store,
  StoreError,
  type Environment,
  type EnvironmentKey,
} from '../store';
import { findTests } from './found';
import type { InspectedProject, InspectedTest, Inspection } from './inspection';

/**
 * Opens a project for inspection, and makes the decision of a run on every test file that Jest finds. Runs and writes
 * nothing. An unusable database stays where it is.
 * @param args The command line without our own options: options of Jest, and the subject of the command.
 * @param flags Our own options, not validated yet.
 * @param spell Returns the name of one of our options for a message.
 * @returns An inspection that the caller must close.
 * @throws {InspectionError} If testmon is switched off, or Jest refuses the config.
 * @throws {JestMissingError} If Jest is not installed.
 */
export async function openInspection(
  args: readonly string[],
  flags: UserOptions = {},
  spell: (name: keyof Options) => string = (name) => name,
): Promise<Inspection> {
  const found = await findTests(args, flags, spell);
  const { request, positionals } = found;
  const { store, problem } = openReadonly(request.dataFile);
  const looked = { request, positionals, store, problem };
  try {
    return asInspection(looked, await judgeAll(found, store));
  } catch (error) {
    // Some damage only shows when a page is read.
    store?.close();
    const known = asStoreError(error, request.dataFile);
    if (store === null || !isBeyondUse(known)) throw error;
    return asInspection({ ...looked, store: null, problem: known }, await judgeAll(found, null));
  }
}

function asInspection(
  looked: Omit<Inspection, 'projects' | 'tests' | 'openEscapes' | 'close'>,
  judged: Pick<Inspection, 'projects' | 'tests'>,
): Inspection {
  const { request, store } = looked;
  const openEscapes = store === null ? [] : findOpenEscapes(store, request.root);
  return { ...looked, ...judged, openEscapes, close: () => looked.store?.close() };
}

/**
 * Opens a database for reading. A database of an older format is migrated in memory, and its file stays unchanged.
 * @param dataFile Absolute path.
 * @returns Neither store nor problem if there is no database yet.
 */
export function openReadonly(
  dataFile: string,
): { store: Store; problem: null } | { store: null; problem: StoreError | null } {
  try {
    return { store: Store.open(dataFile, { readonly: true, older: 'copy' }), problem: null };
  } catch (error) {
    const problem = asStoreError(error, dataFile);
    return { store: null, problem: problem.reason === 'missing' ? null : problem };
  }
}

async function judgeAll(
  { request, configs, tests }: Found,
  store: Store | null,
): Promise<Pick<Inspection, 'projects' | 'tests'>> {
  const { root, options } = request;
  const packages = new PackageReader(root, packageCache(root, configs));
  const tree = WorkingTree.seenFrom(root, packages, () => store, {
    ignoresVariable: ignoredVariables(options.ignoreVariables),
  });
  const place = { ...request, packages };
  const keys = environmentKeys(place, configs);
  const fromRoot = keysFromRoot(place, configs);
  const projects: InspectedProject[] = [];
  const judged: InspectedTest[] = [];
  for (const [index, config] of configs.entries()) {
    const key = keys[index];
    if (key === undefined) continue;
    let { environment, recorded } = findEnvironment(store, key);
    const rootKey = fromRoot[index];
    if (recorded !== 'yes' && rootKey !== undefined) {
      const elsewhere = findEnvironment(store, rootKey);
      if (elsewhere.recorded === 'yes') ({ environment, recorded } = elsewhere);
    }
    const project = new Project(config, environment, root, tree, {
      always: options.always,
      byTest: options.granularity === 'test',
      readsAhead: true,
    });
    const inspected = { project, key: environment, recorded };
    projects.push(inspected);
    const own = tests.filter((test) => test.context.config.id === config.id);
    const decisions =
      store !== null && recorded === 'yes'
        ? await project.judge(store, own)
        : own.map((test) => project.unrecorded(test));
    judged.push(...decisions.map((test) => ({ ...test, project: inspected })));
  }
  return { projects, tests: judged };
}

/**
 * Returns the environments of runs that are started at the project's top folder.
 *
 * The working folder is part of an environment. A user who calls a command in a subfolder usually asks about runs
 * from the top.
 */
function keysFromRoot(
  place: EnvironmentPlace,
  configs: readonly Config.ProjectConfig[],
): EnvironmentKey[] {
  const { composition } = place;
  if (composition === null || realPath(composition.rootDir) === realPath(process.cwd())) return [];
  return environmentKeys(place, configs, composition.rootDir);
}

/** The id of no row. */
const NO_ENVIRONMENT = 0;

function findEnvironment(
  store: Store | null,
  key: EnvironmentKey,
): { environment: Environment; recorded: InspectedProject['recorded'] } {
  const none = { id: NO_ENVIRONMENT, ...key };
  if (store === null) return { environment: none, recorded: 'no' };
  try {
    const environment = store.findOrCreateEnvironment(key, Date.now());
    if (environment.hash === key.hash) return { environment, recorded: 'yes' };
    return { environment: none, recorded: 'other' };
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'missing')
      return { environment: none, recorded: 'no' };
    throw error;
  }
}
