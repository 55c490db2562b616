import { asJournalFootprint, encodeLine } from '../run/journals/journal';
import {
  namesAfter,
  type JournalEnd,
  type JournalFootprint,
  type JournalLine,
  type JournalNames,
} from '../run/journals/journal-lines';
import { isDependencyName } from '../records/checks';
import type { EncodedBlocks } from '../records/encoding';
import { footprintOf } from '../records/footprint';
import type { CountedScripts } from '../records/coverage';
import type { Dependency, TestOutcome } from '../records/types';
import { packBits } from '../records/bits';
import type { Accumulator } from './accumulator';
import type { CoveredProbes } from './coverage/coverage-reader';
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
  /** What it hit in each file. Null if unknown. */
  coverage: CoveredProbes[] | null;
  /** What V8 counted. Null if unknown. */
  scripts: CountedScripts | null;
  skippedUnaffected: number;
}

/**
 * Stands for a dependency on a path that cannot exist. A path has no null character and not thousands of characters.
 */
const NOWHERE = 0;

/** Appends to the journal of one worker. Each append is one write, so a killed worker damages at most the last line. */
export class JournalWriter {
  readonly #file: string;
  readonly #versions = new Map<string, number>();
  readonly #dependencies = new Map<string, number>();
  /** The numbers of dependency objects that appear in many records. This saves computing their keys again. */
  readonly #numbers = new WeakMap<Dependency, number>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Notes that a test file began. Without an `end`, the test file did not finish. */
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
    // Blocks of these files were executed, so the files already have numbers.
    const coverage = file.coverage?.flatMap(({ metadata, bits }): [number, string][] => {
      const version = this.#versions.get(metadata);
      return version === undefined ? [] : [[version, Buffer.from(bits).toString('base64')]];
    });
    const covered = {
      coverage,
      scripts: file.scripts === null ? undefined : asJournalScripts(file.scripts),
    };
    this.#append([names, { ...file, type: 'end', shared, tests, ...covered }]);
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

function asJournalScripts({ key, files }: CountedScripts): JournalEnd['scripts'] {
  return { key, files: files.map(({ path, packed }) => [path, packed.toString('base64')]) };
}
