import * as path from 'node:path';
import type { UnpackedBundle } from '../store';
import { unpackBundle } from './bundle';
import type { StoredBundle } from './engine';
import type { Conversation } from './talk';

/** Enough of a bundle's name to tell it from others: a signature is left out. In characters. */
const MAX_NAME_LENGTH = 120;

/**
 * Fetches a bundle, and unpacks the database in it.
 * @param folder Where the database goes.
 * @returns With the number of bytes that were fetched.
 * @throws {SharedStoreError} Where it is gone, or is not what its name says.
 */
export async function fetchBundle(
  { engine, signal }: Conversation,
  bundle: StoredBundle,
  folder: string,
): Promise<UnpackedBundle & { bytes: number }> {
  const { name } = bundle;
  const content = await engine.get(bundle, signal);
  const file = path.join(folder, `${name.slice(0, MAX_NAME_LENGTH)}.db`);
  unpackBundle(name, content, file);
  return { name, file, bytes: content.length };
}
