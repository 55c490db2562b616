import { syncBuiltinESMExports } from 'node:module';
import * as path from 'node:path';
import { packageFolder } from '../dependencies/files/paths';
import { isWithin } from '../dependencies/files/workspace-paths';
import { importClosure } from '../dependencies/resolution/imports';
import { childrenDuring, install as watchChildren } from '../interception/children/children';
import type { Observation } from '../interception/children/observation';
import { install as watchFiles, readsDuring, readsDuringAsync } from '../interception/observer';
import type { Reads } from '../interception/reads';
import { transformProcess } from './transform-process';

/** What a transformer and its child processes read. */
export interface TransformerReads extends Reads {
  /** Files of the project that one of its child processes looked for and did not find. */
  missing: string[];
  /** The files and folders that this process itself read. A transformer may keep their content in memory. */
  own: string[];
}

/** For a transformer that was not watched. */
export const NOTHING_READ: TransformerReads = {
  files: [],
  folders: [],
  looked: [],
  packages: [],
  modules: [],
  made: [],
  wrote: [],
  missing: [],
  own: [],
};

/**
 * Starts watching. This must happen before a transformer is loaded, because it may then take functions out of `fs`
 * and `child_process` and keep them. It happens only once: a later test may have replaced such a function, and the ES
 * modules of the tool chain must not get the test's function.
 */
export function watchTransformers(): void {
  transformProcess.watchOnce(() => {
    watchFiles();
    watchChildren();
    syncBuiltinESMExports();
  });
}

/**
 * Runs a transformer and returns what it read, including what its child processes read. None of this counts for the
 * test.
 * @param root Absolute path of the root. What child processes do outside the repository of the root does not count.
 * @param asked Called with each variable that a child process asks for. The name is empty if it asks for the names of
 *   all variables.
 */
export function transformerReads<T>(
  root: string,
  work: () => T,
  asked: (variable: string) => void = () => undefined,
): { result: T; reads: TransformerReads } {
  const around = transformProcess.workspaceOf(root);
  const children = new ChildReads(around.workspace);
  const { result, reads } = childrenDuring(
    {
      ...around,
      reportsScripts: true,
      loaded: (file) => children.read(file),
      missed: (file) => children.missed(file),
      mayRead: (_folder, entries) => children.bundled(entries),
      observed: (observation) => {
        if (observation.what === 'variable') asked(observation.name);
        else children.take(observation);
      },
    },
    () => readsDuring(work),
  );
  return {
    result,
    reads: {
      ...reads,
      files: [...new Set([...reads.files, ...children.files])],
      folders: [...new Set([...reads.folders, ...children.folders])],
      missing: [...children.missing],
      own: [...reads.files, ...reads.folders],
    },
  };
}

/** Like `transformerReads`, for an asynchronous transformer. Its child processes are not watched. */
export async function asyncTransformerReads<T>(
  work: () => Promise<T>,
): Promise<{ result: T; reads: TransformerReads }> {
  const { result, reads } = await readsDuringAsync(work);
  return { result, reads: { ...reads, missing: [], own: [...reads.files, ...reads.folders] } };
}

/** What the child processes of a transformer read in the project. Paths are absolute. */
class ChildReads {
  readonly files = new Set<string>();
  readonly folders = new Set<string>();
  readonly missing = new Set<string>();
  /** What the child processes wrote themselves. It is not an input. */
  readonly #own = new Set<string>();
  readonly #workspace: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  read(file: string): void {
    if (this.#counts(file)) this.files.add(file);
  }

  /** A bundler follows the imports of these files by itself. */
  bundled(entries: readonly string[]): void {
    for (const file of importClosure(entries)) this.read(file);
  }

  missed(file: string): void {
    if (this.#counts(file)) this.missing.add(file);
  }

  take({ what, name, value }: Observation): void {
    switch (what) {
      case 'read':
      case 'looked':
      case 'followed':
        if (value === '') this.missed(name);
        else if (what === 'read' && value !== 'directory') this.read(name);
        return;
      case 'missed':
        return this.missed(name);
      case 'listed':
        if (this.#counts(name)) this.folders.add(name);
        return;
      case 'wrote':
      case 'changed':
      case 'made':
      case 'linked':
        this.#own.add(name);
        this.files.delete(name);
        this.missing.delete(name);
    }
  }

  #counts(file: string): boolean {
    return (
      path.isAbsolute(file) &&
      isWithin(this.#workspace, file) &&
      packageFolder(file) === null &&
      !this.#own.has(file)
    );
  }
}
