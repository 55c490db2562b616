import * as fs from 'node:fs';
import * as path from 'node:path';
import type { MutantResult } from './results';

/** How the project fares without a mutant. */
export interface Base {
  tests: string[];
  /** Number of tests, the skipped ones left out. */
  testCount: number;
  /** The same by test file. */
  testCounts: Record<string, number>;
  /** Names of failing tests by test file. */
  failures: Record<string, string[]>;
  /** Seconds of a whole bare run. */
  seconds: number;
}

/** What a campaign knows, so that it can go on where it was stopped. */
export interface State {
  version: 2;
  base: Base | null;
  /** Hash of the tool's build that made the records. */
  recordedBy: string | null;
  /** Test files by the source file that their recorded run loaded. */
  loaded: Record<string, string[]>;
  /** Test files by the source file that Jest relates them to. */
  related: Record<string, string[]>;
  /** By the mutants' ids. */
  results: Record<string, MutantResult>;
}

const EMPTY: State = {
  version: 2,
  base: null,
  recordedBy: null,
  loaded: {},
  related: {},
  results: {},
};

/** Keeps the state in a file, which is whole at any time. */
export class StateFile {
  readonly #file: string;
  readonly state: State;

  constructor(folder: string) {
    this.#file = path.join(folder, 'state.json');
    this.state = read(this.#file) ?? structuredClone(EMPTY);
  }

  save(): void {
    fs.mkdirSync(path.dirname(this.#file), { recursive: true });
    const unfinished = `${this.#file}.tmp`;
    fs.writeFileSync(unfinished, JSON.stringify(this.state, null, 1));
    fs.renameSync(unfinished, this.#file);
  }
}

function read(file: string): State | null {
  try {
    const state = JSON.parse(fs.readFileSync(file, 'utf8')) as State;
    return state.version === 2 ? state : null;
  } catch {
    return null;
  }
}
