import { asJournalFootprint, encodeLine } from '../run/journals/journal';
import {
  namesAfter,
  type JournalFootprint,
  type JournalLine,
  type JournalNames,
} from '../run/journals/journal-lines';
import { isDependencyName } from '../records/checks';
import type { EncodedBlocks } from '../records/encoding';
import { footprintOf } from '../records/footprint';
import type { Dependency, TestOutcome } from '../records/types';
import { packBits } from '../records/bits';
import type { Accumulator } from './accumulator';
import type { CoveredProbes } from './coverage-reader';
import { unwatched } from '../interception/observer';

/** One test as it was recorded. */
export interface RecordedTest {
  name: string[];
  ordinal: number;
  outcome: TestOutcome;
  /** Milliseconds. */
  duration: number;
  seen: Accumulator;
}

/** One test file as it was recorded. */
export interface RecordedFile {
  environmentId: number;
  path: string;
  at: number;
  outcome: 'passed' | 'failed';
  complete: boolean;
  duration: number;
  shared: Accumulator;
  tests: RecordedTest[];
  /** What it hit of each file; null where that is not known. */
  coverage: CoveredProbes[] | null;
  skippedUnaffected: number;
}

/** For a line of the journal, which leaves it out then. */
const NO_COVERAGE = { coverage: undefined };

/** The number of a dependency on what can be nowhere: no path has a null character or thousands of them. */
const NOWHERE = 0;

/** Appends to one worker's journal. Each append is one write, so a kill tears at most the last line. */
export class JournalWriter {
  readonly #file: string;
  readonly #versions = new Map<string, number>();
  readonly #dependencies = new Map<string, number>();
  /** Objects that stand for a dependency in many records: their number without the cost of naming them again. */
  readonly #numbers = new WeakMap<Dependency, number>();

  constructor(file: string) {
    this.#file = file;
  }

  /** A test file has begun; without an `end` it did not come to one. */
  start(environmentId: number, path: string, at: number): void {
    this.#append([{ type: 'start', environmentId, path, at }]);
  }

  end(file: RecordedFile): void {
    const names = namesAfter(this.#versions.size, this.#dependencies.size);
    const shared = this.#footprint(file.shared, names);
    const tests = file.tests.map(({ seen, ...test }) => ({
      ...test,
      ...this.#footprint(seen, names),
    }));
    // These files are among those whose blocks were executed, so they have numbers by now.
    const coverage = file.coverage?.flatMap(({ metadata, bits }): [number, string][] => {
      const version = this.#versions.get(metadata);
      return version === undefined ? [] : [[version, Buffer.from(bits).toString('base64')]];
    });
    const line = { ...file, type: 'end', shared, tests } as const;
    this.#append([names, { ...line, ...(coverage === undefined ? NO_COVERAGE : { coverage }) }]);
  }

  #footprint(seen: Accumulator, names: JournalNames): JournalFootprint {
    const blocks: EncodedBlocks[] = [];
    for (const [metadata, executed] of seen.blocks) {
      let id = this.#versions.get(metadata);
      if (id === undefined) {
        id = this.#versions.size + 1;
        this.#versions.set(metadata, id);
        names.versions.push(metadata);
      }
      blocks.push({ version: id, bits: packBits(executed) });
    }
    const dependencies = Array.from(seen.dependencies.values(), (dependency) =>
      this.#dependency(dependency, names),
    ).filter((number) => number !== NOWHERE);
    return asJournalFootprint(footprintOf(blocks, dependencies));
  }

  #dependency(dependency: Dependency, names: JournalNames): number {
    let number = this.#numbers.get(dependency);
    if (number === undefined) {
      number = this.#numberOf(dependency, names);
      this.#numbers.set(dependency, number);
    }
    return number;
  }

  #numberOf(dependency: Dependency, names: JournalNames): number {
    if (!isDependencyName(dependency.kind, dependency.name)) return NOWHERE;
    const key = JSON.stringify([dependency.kind, dependency.name, dependency.value]);
    let id = this.#dependencies.get(key);
    if (id === undefined) {
      id = this.#dependencies.size + 1;
      this.#dependencies.set(key, id);
      names.dependencies.push(dependency);
    }
    return id;
  }

  #append(lines: JournalLine[]): void {
    unwatched.appendFileSync(this.#file, lines.map(encodeLine).join(''), { mode: 0o600 });
  }
}
