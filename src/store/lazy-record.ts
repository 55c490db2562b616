import type { Statement } from 'better-sqlite3';
import { EncodingError, unseal } from './encoding';
import { recordOwner } from './record-writer';
import type { StoredRecord, TestFileKey } from './types';

/** The columns that `LazyRecord` reads, of one record. */
export const FOOTPRINT_COLUMNS = 'hash, blocks, dependencies';

/**
 * A record whose footprint is read when it is asked for: of the several records of a test file, mostly the first
 * matches. One that cannot be read throws an EncodingError then.
 */
export class LazyRecord implements StoredRecord {
  readonly id: number;
  readonly complete: boolean;
  readonly duration: number;
  readonly recordedAt: number;
  readonly matchedAt: number;
  readonly #testFile: TestFileKey;
  readonly #read: Statement<[number], unknown[]>;

  /** @param read Selects `FOOTPRINT_COLUMNS` by id, as an array. */
  constructor(
    own: Pick<StoredRecord, 'id' | 'complete' | 'duration' | 'recordedAt' | 'matchedAt'>,
    testFile: TestFileKey,
    read: Statement<[number], unknown[]>,
  ) {
    this.id = own.id;
    this.complete = own.complete;
    this.duration = own.duration;
    this.recordedAt = own.recordedAt;
    this.matchedAt = own.matchedAt;
    this.#testFile = testFile;
    this.#read = read;
  }

  get hash(): string {
    const [hash] = this.#read.get(this.id) ?? [];
    return Buffer.isBuffer(hash) ? hash.toString('hex') : '';
  }

  get blocks(): Buffer {
    return this.footprint.blocks;
  }

  get dependencies(): Buffer {
    return this.footprint.dependencies;
  }

  /** Both at once. Not kept: a run looks at ten thousands of records, at each of them once. */
  get footprint(): Pick<StoredRecord, 'blocks' | 'dependencies'> {
    const [hash, sealedBlocks, sealedIds] = this.#read.get(this.id) ?? [];
    const owner = recordOwner(this.#testFile, this.complete);
    const blocks = unseal(sealedBlocks, owner);
    const dependencies = unseal(sealedIds, owner);
    if (!Buffer.isBuffer(hash) || blocks === null || dependencies === null)
      throw new EncodingError('this record was changed');
    return { blocks, dependencies };
  }
}
