import * as fs from 'node:fs';
import * as path from 'node:path';

/** A file that is to be written, or removed. */
export interface Change {
  /** Absolute path. */
  file: string;
  /** Null where the file is new. */
  before: string | null;
  /** Null where the file is to go. */
  after: string | null;
}

/** Makes the changes. */
export function apply(changes: readonly Change[]): void {
  for (const { file, after } of changes) write(file, after);
}

/** Takes the changes back. */
export function revert(changes: readonly Change[]): void {
  for (const { file, before } of changes) write(file, before);
}

function write(file: string, text: string | null): void {
  if (text === null) {
    fs.rmSync(file, { force: true });
    return;
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** The text of a file; null where there is none. */
export function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // It is not there, or is a folder.
    return null;
  }
}
