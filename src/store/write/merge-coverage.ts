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
    this.#takeScripts(recordId, theirId);
    const theirs = this.#theirs.of(theirId);
    if (theirs === null) return;
    const mine = this.#mine.of(recordId);
    if (mine !== null && compare(theirs, mine) <= 0) return;
    this.#writer.write(recordId, theirs.files, theirs.recordedAt, this.#isSent);
  }

  #takeScripts(recordId: number, theirId: number): void {
    const theirs = this.#theirs.scripts.of(theirId);
    if (theirs === null) return;
    const mine = this.#mine.scripts.of(recordId);
    const isOlder =
      mine !== null &&
      (theirs.recordedAt - mine.recordedAt ||
        Buffer.compare(scriptsContent(theirs), scriptsContent(mine))) <= 0;
    if (!isOlder) this.#writer.scripts.write(recordId, theirs, theirs.recordedAt, this.#isSent);
  }
}

/** The greater one wins: the later one, or at the same time the one with the greater content. */
function compare(a: RecordedCoverage, b: RecordedCoverage): number {
  return a.recordedAt - b.recordedAt || Buffer.compare(contentOf(a), contentOf(b));
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
