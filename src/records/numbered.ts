import type { IdFootprint } from './footprint';
import type {
  Dependency,
  ExecutedBlocks,
  FileVersion,
  Footprint,
  TestFileRecord,
  TestOutcome,
} from './types';

/**
 * The versions and dependencies that the footprints of one journal refer to, by the journal's numbers. The meaning of
 * a number never changes.
 */
export interface Named {
  versions: (FileVersion | undefined)[];
  dependencies: (Dependency | undefined)[];
}

/**
 * A footprint by the numbers of a journal. The store maps these numbers to row ids without decoding their meaning.
 *
 * The members are getters, so an instance must not be spread.
 */
export class NumberedFootprint implements Footprint {
  readonly named: Named;
  readonly numbers: IdFootprint;

  /** @param numbers Refers to entries of `named`. */
  constructor(named: Named, numbers: IdFootprint) {
    this.named = named;
    this.numbers = numbers;
  }

  /** The same with more dependencies. What is named is copied, as the journal goes on to name after its own. */
  with(more: readonly Dependency[]): NumberedFootprint {
    const known = new Set(this.dependencies.map(keyOf));
    const dependencies = more.filter((dependency) => !known.has(keyOf(dependency)));
    const first = Math.max(1, this.named.dependencies.length);
    const all = [...this.named.dependencies];
    dependencies.forEach((dependency, nth) => {
      all[first + nth] = dependency;
    });
    return new NumberedFootprint(
      { versions: this.named.versions, dependencies: all },
      {
        ...this.numbers,
        dependencies: [...this.numbers.dependencies, ...dependencies.map((_, nth) => first + nth)],
      },
    );
  }

  get blocks(): ExecutedBlocks[] {
    return this.numbers.blocks.map(({ version, bits }) => ({
      version: this.named.versions[version] as FileVersion,
      bits,
    }));
  }

  get dependencies(): Dependency[] {
    return this.numbers.dependencies.map((number) => this.named.dependencies[number] as Dependency);
  }
}

/** Adds dependencies to what all tests of a record share. */
export function addToRecord(record: TestFileRecord, more: readonly Dependency[]): void {
  if (more.length > 0 && record.shared instanceof NumberedFootprint)
    record.shared = record.shared.with(more);
}

function keyOf({ kind, name, value }: Dependency): string {
  return JSON.stringify([kind, name, value]);
}

/** A test with a footprint by the numbers of a journal. */
export class NumberedTest extends NumberedFootprint {
  readonly name: string[];
  readonly ordinal: number;
  readonly outcome: TestOutcome;
  readonly duration: number;

  constructor(
    { named, numbers }: NumberedFootprint,
    {
      name,
      ordinal,
      outcome,
      duration,
    }: { name: string[]; ordinal: number; outcome: TestOutcome; duration: number },
  ) {
    super(named, numbers);
    this.name = name;
    this.ordinal = ordinal;
    this.outcome = outcome;
    this.duration = duration;
  }
}
