import type { JudgedTest, Project } from '../controller/projects/project';
import type { RunRequest } from '../controller/run-request';
import type { EnvironmentKey, Store, StoredEscape, StoreError } from '../store';

/** A project opened for a look: no test ran, and nothing was written. */
export interface Inspection {
  /** What a run would be asked: the root, the options in force, where the database is. */
  request: RunRequest;
  /** What on the command line is no option of Jest's: what a command is asked about. */
  positionals: string[];
  projects: InspectedProject[];
  /** Every test file that Jest finds, with the verdict that a run would reach now. */
  tests: InspectedTest[];
  /** The database, read-only; null where there is none yet, or `problem` says why it is of no use. */
  store: Store | null;
  /** Why the database cannot be used. A missing or empty one is no problem: nothing is recorded yet. */
  problem: StoreError | null;
  /**
   * Spot checks that failed and were not settled since: while there are any, a run takes everything, whatever the verdicts
   * on its test files.
   */
  openEscapes: readonly StoredEscape[];
  /** Closes the database. */
  close(): void;
}

/** One Jest project under inspection. */
export interface InspectedProject {
  /** Its records against the working tree; `project.data` is what is stored of its test files. */
  project: Project;
  /** What names its environment now. */
  key: EnvironmentKey;
  /**
   * - `yes`: there are records of exactly this environment.
   * - `other`: only of one with another hash: the Jest config, a transformer or the like has changed since.
   * - `no`: none at all.
   */
  recorded: 'yes' | 'other' | 'no';
}

/** A test file as a run would judge it now. */
export interface InspectedTest extends JudgedTest {
  project: InspectedProject;
}

/** No look is possible; the message is a sentence for a person. */
export class InspectionError extends Error {}
