import type { IdFootprint } from './footprint';
import type { Dependency, ExecutedBlocks, FileVersion, Footprint, TestOutcome } from './types';

/** What footprints of one journal refer to, by its numbers. What a number stands for never changes. */
export interface Named {
  versions: (FileVersion | undefined)[];
  dependencies: (Dependency | undefined)[];
}

/**
 * A footprint as a journal holds it: the store turns numbers into row ids without a look at what they stand for.
 * What it holds is not its own properties, so it must not be spread.
 */
export class NumberedFootprint implements Footprint {
  readonly named: Named;
  readonly numbers: IdFootprint;

  /** @param numbers What each stands for is among the named. */
  constructor(named: Named, numbers: IdFootprint) {
    this.named = named;
    this.numbers = numbers;
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

/** A test with such a footprint. */
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
