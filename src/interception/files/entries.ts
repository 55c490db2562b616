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

/** Resolves a path as the system does: a step up from a link leads to the folder above the link's target. */
export function resolveSteps(text: string): string {
  return stepsIn(text)?.file ?? path.resolve(text);
}

/** The links from which a path steps up, so that where they lead counts. */
export function linksOfSteps(text: string): readonly string[] {
  return stepsIn(text)?.links ?? [];
}

/** Null for a path without a step up from a name, and on Windows, where such a step leads to the folder of the link. */
function stepsIn(text: string): { file: string; links: readonly string[] } | null {
  if (process.platform === 'win32' || !STEP_UP.test(text)) return null;
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

/** What is found in a folder. */
export interface Entry {
  /** Absolute path. */
  path: string;
  isFolder: boolean;
}

/** Everything below a folder. Empty if it is not a folder. */
export function treeBelow(folder: string): Entry[] {
  return entriesOf(folder, true);
}

/** What is in a folder. Empty if it is not a folder. */
export function entriesOf(folder: string, recursive = false): Entry[] {
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
