import { recordWithId } from '../../records/record-with-id';
import type { StoredRecord } from '../../store';
import { candidateRecord } from './candidates';
import type { JudgedTest, Project } from './project';

/**
 * The records that show a test file unaffected, first the one that decided. Not each of them need have coverage: it ran
 * with and without it.
 */
export function* unaffectedRecords(
  { data, view }: Pick<Project, 'data' | 'view'>,
  { path, decision }: Pick<JudgedTest, 'path' | 'decision'>,
): Generator<StoredRecord> {
  if (decision.affected) return;
  const first = recordWithId(data, path, decision.recordId);
  if (first === undefined || data === null) return;
  yield first;
  if (view === null) return;
  for (const record of data.testFiles.get(path)?.records ?? [])
    if (record !== first && record.complete && candidateRecord(record, data, view).matches())
      yield record;
}

/**
 * The first of some records of which something is known.
 * @param find Returns what is known, by the id of a record. Null if nothing is.
 */
export function firstKnown<T>(
  records: Iterable<StoredRecord>,
  find: (recordId: number) => T | null,
): { record: StoredRecord; known: T } | null {
  for (const record of records) {
    const known = find(record.id);
    if (known !== null) return { record, known };
  }
  return null;
}
