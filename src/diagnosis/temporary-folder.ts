import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { reporter, type Finding } from './finding';

/** Checks that the temporary folder is writable. Controller and workers exchange files there. */
export function checkTemporaryFolder(): Finding {
  const found = reporter('temporary folder');
  const folder = os.tmpdir();
  try {
    fs.rmdirSync(fs.mkdtempSync(path.join(folder, 'jest-testmon-doctor-')));
    return found.ok(folder);
  } catch {
    // Not writable.
    return found.error(
      `${folder} cannot be written, so nothing is recorded`,
      'set TMPDIR to a folder that can',
    );
  }
}
