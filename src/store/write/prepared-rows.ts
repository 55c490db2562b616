import { footprintOf, type IdFootprint } from '../../records/footprint';
import type { Interning } from './interning';
import type { RecordPreparer } from './record-preparer';

/** Replaces the numbers of a preparer by row ids. */
export class PreparedRows {
  readonly #preparer: RecordPreparer;
  readonly #interning: Interning;
  /** By environment id and number. */
  #versions = new Map<number, number[]>();
  #dependencies: number[] = [];

  constructor(preparer: RecordPreparer, interning: Interning) {
    this.#preparer = preparer;
    this.#interning = interning;
  }

  /** Clears the row ids, because another process may have changed them. */
  forget(): void {
    this.#versions = new Map();
    this.#dependencies = [];
  }

  /** Converts a footprint to row ids. */
  of<T extends IdFootprint>(environmentId: number, footprint: T): T {
    let rows = this.#versions.get(environmentId);
    if (rows === undefined) this.#versions.set(environmentId, (rows = []));
    const versions = rows;
    const blocks = footprint.blocks.map(({ version, bits }) => ({
      version: (versions[version] ??= this.#versionRow(environmentId, version)),
      bits,
    }));
    const dependencies = footprint.dependencies.map(
      (number) => (this.#dependencies[number] ??= this.#dependencyRow(number)),
    );
    return { ...footprint, ...footprintOf(blocks, dependencies) };
  }

  #versionRow(environmentId: number, number: number): number {
    const version = this.#preparer.original(number);
    return this.#interning.versionId(environmentId, version, () => version.places);
  }

  #dependencyRow(number: number): number {
    return this.#interning.dependencyId(this.#preparer.dependency(number));
  }
}
