import fs from 'node:fs';
import path from 'node:path';
import { realPath } from '../../dependencies/files/real-paths';
import { entryAt } from '../../dependencies/files/stats';

/** Whether there is something at a path, even a link that leads nowhere. */
export function isEntry(file: string): boolean {
  return entryAt(file) !== undefined;
}

/** Whether there is a link at a path. */
export function isLink(file: string): boolean {
  return entryAt(file)?.isSymbolicLink() === true;
}

/** Matches a step up that comes after the name of a folder or of a link. */
const STEP_UP = /[^\\/.][\\/]+(?:\.[\\/]+)*\.\.(?:[\\/]|$)/;

/**
 * Resolves a path as the system does: a step up from a link leads to the folder above the link's target. On Windows, it
 * leads to the folder of the link.
 * @returns The absolute path, and the links on which it depends.
 */
export function resolveSteps(text: string): { file: string; links: readonly string[] } {
  const file = path.resolve(text);
  if (process.platform === 'win32' || !STEP_UP.test(text)) return { file, links: [] };
  const links: string[] = [];
  let at = path.isAbsolute(text) ? path.sep : process.cwd();
  for (const step of text.split(path.sep)) {
    if (step !== '..') at = path.join(at, step);
    else if (isLink(at)) {
      links.push(at);
      at = path.dirname(realPath(at));
    } else at = path.dirname(at);
  }
  return { file: at, links };
}

/** Everything below a folder. Empty if it is not a folder. */
export function treeBelow(folder: string): { path: string; isFolder: boolean }[] {
  return entriesOf(folder, true);
}

/** What is in a folder. Empty if it is not a folder. */
export function entriesOf(
  folder: string,
  recursive = false,
): { path: string; isFolder: boolean }[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true, recursive }).map((entry) => ({
      path: path.join(entry.parentPath, entry.name),
      isFolder: entry.isDirectory(),
    }));
  } catch {
    // It is not a folder. The call itself fails with that error.
    return [];
  }
}
