import type { Database } from 'better-sqlite3';
import { isStoredPath } from '../../records/checks';
import type { CoveredForm, RecordedCoverage, RecordedScripts } from '../../records/coverage';
import { CoverageReader } from '../read/coverage';
import { CoverageWriter } from './coverage';

/** Takes over from another database what the test files of records hit. */
export class CoverageMerger {
  readonly #mine: CoverageReader;
  readonly #theirs: CoverageReader;
  readonly #writer: CoverageWriter;
  readonly #isSent: boolean;
  readonly #theirFiles;

  /** @param isSent Whether the other database comes from where records are shared. */
  constructor(target: Database, source: Database, isSent: boolean) {
    this.#isSent = isSent;
    this.#mine = new CoverageReader(target);
    this.#theirs = new CoverageReader(source);
    this.#writer = new CoverageWriter(target);
    this.#theirFiles = source.prepare<[number], { path: unknown; form: CoveredForm }>(
      'SELECT path, form FROM covered_file WHERE environment_id = ?',
    );
  }

  /**
   * Takes over the covered files of one environment. Each says itself of which state of the file it is, so which of two
   * stays is only to be the same in any order of merges.
   * @param environmentId The id of the environment in this database.
   * @param theirId The id of the same environment in the other one.
   */
  takeFiles(environmentId: number, theirId: number): void {
    for (const { path, form } of this.#theirFiles.all(theirId)) {
      if (!isStoredPath(path)) continue;
      const theirs = this.#theirs.file(theirId, path, form);
      const mine = this.#mine.file(environmentId, path, form);
      if (theirs === null || (mine !== null && Buffer.compare(theirs, mine) <= 0)) continue;
      this.#writer.keepFile({ environmentId, path, form, content: theirs });
    }
  }

  /**
   * Takes over the coverage of one record. Where both databases have it, the later one stays, whichever is merged first.
   * @param recordId The id of the record in this database.
   * @param theirId The id of the same record in the other one.
   */
  take(recordId: number, theirId: number): void {
    const hits = this.#theirs.of(theirId);
    if (hits !== null && isLater(hits, this.#mine.of(recordId), contentOf))
      this.#writer.write(recordId, hits.files, hits.recordedAt, this.#isSent);
    const scripts = this.#theirs.scripts.of(theirId);
    if (scripts !== null && isLater(scripts, this.#mine.scripts.of(recordId), scriptsContent))
      this.#writer.scripts.write(recordId, scripts, scripts.recordedAt, this.#isSent);
  }
}

/** Whether theirs wins: the later one does, or at the same time the one with the greater content. */
function isLater<T extends { recordedAt: number }>(
  theirs: T,
  mine: T | null,
  contentOf: (coverage: T) => Buffer,
): boolean {
  if (mine === null) return true;
  const later = theirs.recordedAt - mine.recordedAt;
  return (later || Buffer.compare(contentOf(theirs), contentOf(mine))) > 0;
}

function scriptsContent({ key, files }: RecordedScripts): Buffer {
  const texts = files.map(({ path, packed }) => `${path}\n${packed.toString('hex')}`);
  return Buffer.from([key, ...texts.sort()].join('\n'));
}

function contentOf({ files }: RecordedCoverage): Buffer {
  const texts = files.map(({ path, layout, bits }) =>
    [path, layout.toString('hex'), Buffer.from(bits).toString('hex')].join('\n'),
  );
  return Buffer.from(texts.sort().join('\n'));
}
