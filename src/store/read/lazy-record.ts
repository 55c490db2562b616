import type { Database, Statement } from 'better-sqlite3';
import { EncodingError, unseal } from '../../records/encoding';
import { recordOwner } from '../write/record-writer';
import type { StoredRecord, TestFileKey } from '../../records/types';

/** Reads the parts of a record that are not loaded yet. */
export class RecordReader {
  readonly #hash: Statement<[number], unknown>;
  readonly #footprint: Statement<[number], unknown[]>;

  constructor(db: Database) {
    this.#hash = db.prepare<[number], unknown>('SELECT hash FROM record WHERE id = ?').pluck();
    // The hash is not needed here, but every valid record has one.
    this.#footprint = db
      .prepare<[number], unknown[]>(
        "SELECT blocks, dependencies FROM record WHERE id = ? AND typeof(hash) = 'blob'",
      )
      .raw();
  }

  hash(id: number): string {
    const hash = this.#hash.get(id);
    return Buffer.isBuffer(hash) ? hash.toString('hex') : '';
  }

  /**
   * @param owner The owner of the sealed values.
   * @throws {EncodingError} If a value was changed.
   */
  footprint(id: number, owner: string): Pick<StoredRecord, 'blocks' | 'dependencies'> {
    const [sealedBlocks, sealedIds] = this.#footprint.get(id) ?? [];
    const blocks = unseal(sealedBlocks, owner);
    const dependencies = unseal(sealedIds, owner);
    if (blocks === null || dependencies === null)
      throw new EncodingError('this record was changed');
    return { blocks, dependencies };
  }
}

/**
 * A record whose footprint is read on demand. Of the records of a test file, usually the first one matches, so the
 * others are not needed. Reading a damaged footprint throws an EncodingError.
 */
export class LazyRecord implements StoredRecord {
  readonly id: number;
  readonly complete: boolean;
  readonly duration: number;
  readonly recordedAt: number;
  readonly matchedAt: number;
  readonly #testFile: TestFileKey;
  readonly #read: RecordReader;

  constructor(
    own: Pick<StoredRecord, 'id' | 'complete' | 'duration' | 'recordedAt' | 'matchedAt'>,
    testFile: TestFileKey,
    read: RecordReader,
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
    return this.#read.hash(this.id);
  }

  get blocks(): Buffer {
    return this.footprint.blocks;
  }

  get dependencies(): Buffer {
    return this.footprint.dependencies;
  }

  /** Blocks and dependencies. Not cached, because a run reads tens of thousands of records once each. */
  get footprint(): Pick<StoredRecord, 'blocks' | 'dependencies'> {
    return this.#read.footprint(this.id, recordOwner(this.#testFile, this.complete));
  }
}
