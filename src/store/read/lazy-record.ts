import type { Database, Statement } from 'better-sqlite3';
import { EncodingError, unseal } from '../../records/encoding';
import { recordOwner } from '../write/record-writer';
import type { StoredRecord, TestFileKey } from '../../records/types';

/** Reads what a `LazyRecord` has not: by its id, as arrays. */
export class RecordReader {
  readonly #hash: Statement<[number], unknown>;
  readonly #footprint: Statement<[number], unknown[]>;

  constructor(db: Database) {
    this.#hash = db.prepare<[number], unknown>('SELECT hash FROM record WHERE id = ?').pluck();
    // A hash is no part of what is matched, but a record of ours has one.
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

  /** @param owner What the values are sealed for. */
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

  /** Both at once. Not kept: a run looks at ten thousands of records, at each of them once. */
  get footprint(): Pick<StoredRecord, 'blocks' | 'dependencies'> {
    return this.#read.footprint(this.id, recordOwner(this.#testFile, this.complete));
  }
}
