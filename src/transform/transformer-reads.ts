import { syncBuiltinESMExports } from 'node:module';
import * as path from 'node:path';
import { packageFolder } from '../dependencies/files/paths';
import { isWithin } from '../dependencies/files/workspace-paths';
import { childrenDuring, install as watchChildren } from '../interception/children/children';
import type { Observation } from '../interception/children/observation';
import { install as watchFiles, readsDuring, readsDuringAsync } from '../interception/observer';
import type { Reads } from '../interception/reads';
import { transformProcess } from './transform-process';

/** What a transformer and the programs that it ran looked at. */
export interface TransformerReads extends Reads {
  /** Where a program of its looked for a file of the project, and there was none. */
  missing: string[];
  /** The files and folders that this process itself read: a transformer may keep what they said. */
  own: string[];
}

/** The same for a transformer that nobody watched. */
export const NOTHING_READ: TransformerReads = {
  files: [],
  folders: [],
  looked: [],
  modules: [],
  made: [],
  wrote: [],
  missing: [],
  own: [],
};

/**
 * Before a transformer is loaded, as it may take functions out of `fs` and `child_process` then, and keep them. Once: a
 * later test may have put a function of its own there, which no ES module of the tool chain is to get.
 */
export function watchTransformers(): void {
  transformProcess.watchOnce(() => {
    watchFiles();
    watchChildren();
    syncBuiltinESMExports();
  });
}

/**
 * Runs a transformer and tells what it read, also in programs that it ran meanwhile; nothing of that is the test's.
 * @param root Absolute path of the root; what its programs did outside of its repository does not count.
 * @param asked Is told the variables that its programs ask for; empty for the names of all.
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

/** The same for one that is asynchronous; of the programs that it runs nothing is told. */
export async function asyncTransformerReads<T>(
  work: () => Promise<T>,
): Promise<{ result: T; reads: TransformerReads }> {
  const { result, reads } = await readsDuringAsync(work);
  return { result, reads: { ...reads, missing: [], own: [...reads.files, ...reads.folders] } };
}

/** What the programs of a transformer looked at in the project, as absolute paths. */
class ChildReads {
  readonly files = new Set<string>();
  readonly folders = new Set<string>();
  readonly missing = new Set<string>();
  /** What they made or changed themselves is no input. */
  readonly #own = new Set<string>();
  readonly #workspace: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  read(file: string): void {
    if (this.#counts(file)) this.files.add(file);
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
