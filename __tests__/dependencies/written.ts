import * as fs from 'node:fs';
import * as path from 'node:path';

/** Longer than what was written counts as just written, in milliseconds. */
export const AGED = 2_100;

export const isText = (value: unknown): value is string => typeof value === 'string';

/** Writes a file below a folder, and tells where. */
export function writeBelow(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}
