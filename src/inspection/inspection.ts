import type { JudgedTest, Project } from '../controller/projects/project';
import type { RunRequest } from '../controller/run-request';
import type { EnvironmentKey, Store, StoredEscape, StoreError } from '../store';

/** A project that was opened for inspection. No test ran, and nothing was written. */
export interface Inspection {
  /** The request of a run: the root, the options in force, and the path of the database. */
  request: RunRequest;
  /** The arguments that are not options of Jest, such as the subject of a command. */
  positionals: string[];
  projects: InspectedProject[];
  /** All test files that Jest finds, each with the decision that a run would make now. */
  tests: InspectedTest[];
  /** The database, opened read-only. Null if there is none, or it cannot be used (see `problem`). */
  store: Store | null;
  /** Why the database cannot be used. A missing or empty database is not a problem. */
  problem: StoreError | null;
  /**
   * Spot checks that failed and are not settled. While there is one, a run executes everything, whatever the
   * decisions are.
   */
  openEscapes: readonly StoredEscape[];
  /** Closes the database. */
  close(): void;
}

/** One Jest project under inspection. */
export interface InspectedProject {
  /** Compares the records with the working tree. `project.data` holds what is stored about its test files. */
  project: Project;
  /** Identifies its present environment. */
  key: EnvironmentKey;
  /**
   * - `yes`: there are records of exactly this environment.
   * - `other`: there are records with another hash only, because the Jest config, a transformer or the like has
   *   changed.
   * - `no`: there are no records.
   */
  recorded: 'yes' | 'other' | 'no';
}

/** A test file with the decision that a run would make now. */
export interface InspectedTest extends JudgedTest {
  project: InspectedProject;
}

/** Thrown if an inspection is impossible. The message is a sentence for the user. */
export class InspectionError extends Error {}
