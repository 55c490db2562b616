import type { SelectionData, StoredRecord } from './types';

/**
 * Returns a record of a test file.
 * @param path The stored path of the test file.
 * @returns Undefined if there is none with this id.
 */
export function recordWithId(
  data: Pick<SelectionData, 'testFiles'> | null | undefined,
  path: string,
  id: number | undefined,
): StoredRecord | undefined {
  return data?.testFiles.get(path)?.records.find((record) => record.id === id);
}
