import * as fs from 'node:fs';
import { StoreError } from '../connection/errors';
import { findDamage } from '../connection/integrity';
import { StoreConnection } from '../connection/store-connection';
import type { EnvironmentHead } from '../read/canonical';
import { readNote } from '../read/totals';
import { mergeDatabase, sourceOf } from '../write/merge-databases';
import { RecordWriter } from '../write/record-writer';
import { adopt } from './adoption';
import { findAdoptable } from './adoptable';
import type { TakeOptions, UnpackedBundle } from './sharing';

/** Where a bundle says which others it stands for. */
const COVERS_NOTE = 'shared:covers';

/** From how many records on the rows of a bundle are copied where they can be. Fewer are united one by one. */
const MANY_RECORDS = 500;

/** What was found in the database of a bundle. */
export interface InspectedBundle {
  /** Names of the bundles that it stands for. */
  covers: string[];
  /** The environment of all of its rows, if they can be copied; see `findAdoptable`. */
  adoptable: EnvironmentHead | null;
}

/**
 * Reads the database of a bundle from its first page to its last.
 * @param many From how many records on its rows may be copied.
 * @throws StoreError
 */
function inspectBundle(file: string, many = MANY_RECORDS): InspectedBundle {
  const bundle = new StoreConnection(file, { readonly: true, older: 'copy' });
  try {
    return bundle.guard(() => {
      const [problem] = findDamage(bundle.db);
      if (problem !== undefined) throw new StoreError('damaged', file, problem);
      const covers = readCovers(readNote(bundle.db, COVERS_NOTE));
      return { covers, adoptable: findAdoptable(bundle.db, many) };
    });
  } finally {
    bundle.close();
  }
}

/**
 * Reads bundles like `inspectBundle`.
 * @returns What was found in each, in the order in which copying saves most.
 */
export function inspectBundles<T extends { file: string }>(
  bundles: readonly T[],
  many?: number,
): (T & InspectedBundle)[] {
  const sizes = new Map(bundles.map(({ file }) => [file, fs.statSync(file).size]));
  return bundles
    .map((bundle) => ({ ...bundle, ...inspectBundle(bundle.file, many) }))
    .sort((a, b) => (sizes.get(b.file) ?? 0) - (sizes.get(a.file) ?? 0));
}

/** Makes the database of a bundle. @param fill Writes into it, in one transaction. */
export function makeBundle(file: string, fill: (target: StoreConnection) => void): void {
  withNewDatabase(file, (target) => target.write(() => fill(target)));
}

function withNewDatabase(file: string, work: (target: StoreConnection) => void): void {
  const target = new StoreConnection(file, {});
  try {
    // It is a temporary file, which nobody needs after a power cut.
    target.db.pragma('synchronous = OFF');
    work(target);
  } finally {
    target.close();
  }
}

/**
 * Makes one bundle of several.
 * @param file The database to make.
 * @param others Names of bundles that there are. Those of them that one of the several stands for, the new one does too.
 * @returns Names of the bundles that it stands for.
 * @throws StoreError about the file that cannot be used.
 */
export function uniteBundles(
  file: string,
  bundles: readonly UnpackedBundle[],
  others: ReadonlySet<string>,
  { wants, now, keep, many }: TakeOptions,
): string[] {
  const covers = new Set(bundles.map(({ name }) => name));
  const inspected = inspectBundles(bundles, many);
  for (const bundle of inspected)
    for (const covered of bundle.covers) if (others.has(covered)) covers.add(covered);
  withNewDatabase(file, (target) => {
    const rest = inspected.filter((bundle) => !adopt(target, bundle, wants));
    target.write(() => {
      const into = { ...sourceOf(target), file };
      if (rest.length < inspected.length) new RecordWriter(target.db).limitAll(keep);
      for (const bundle of rest)
        mergeDatabase(into, bundle.file, { isChecked: true }, { now, keep, part: { wants } });
      target.db
        .prepare<[string, string]>('INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)')
        .run(COVERS_NOTE, JSON.stringify([...covers]));
    });
  });
  return [...covers];
}

/** Empty for a note that is not ours. */
function readCovers(note: string | undefined): string[] {
  try {
    const covers: unknown = JSON.parse(note ?? '[]');
    return Array.isArray(covers) ? covers.filter((one) => typeof one === 'string') : [];
  } catch {
    // Then it stands for none.
    return [];
  }
}
