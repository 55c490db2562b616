import * as fs from 'node:fs';
import * as path from 'node:path';

/** A file to write or remove. */
export interface Change {
  /** Absolute path. */
  file: string;
  /** The present text. Null if the file is new. */
  before: string | null;
  /** The new text. Null if the file is to be removed. */
  after: string | null;
}

/**
 * Makes the changes.
 * @throws {Error} If a file cannot be written.
 */
export function apply(changes: readonly Change[]): void {
  for (const { file, after } of changes) write(file, after);
}

/**
 * Undoes the changes.
 * @throws {Error} If a file cannot be written.
 */
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

/** Returns the text of a file, or null if it cannot be read. */
export function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // The file does not exist, or is a folder.
    return null;
  }
}
