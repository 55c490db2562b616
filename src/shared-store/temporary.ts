import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Works with a folder that this user alone can look into, and that is gone afterwards. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-bundles-'));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
