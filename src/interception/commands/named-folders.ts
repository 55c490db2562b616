import fs from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../../dependencies/files/enclosing-folders';
import { statsOf } from '../../dependencies/files/stats';

const { readdirSync } = fs;

/** Is told what is in folders. */
export interface FolderReader {
  /** A file that is there, as an absolute path. */
  file(file: string): void;
  /** A folder whose entries count. */
  folder(folder: string): void;
}

/** No more files of a folder of the project are looked at. */
const MAX_FILES = 5_000;

/** Nor of another folder. Of packages, the first files tell which they are. */
const MAX_FOREIGN_FILES = 1_000;

/**
 * Tells of a folder and everything below it, except packages and repositories in it.
 * @param contents Whether the files count too.
 * @returns False where a folder of the project holds more than can be told.
 */
export function readFolder(folder: string, to: FolderReader, contents: boolean): boolean {
  const isForeign = !isOfProject(folder) || /[\\/]node_modules(?:[\\/]|$)/.test(folder);
  const most = isForeign ? MAX_FOREIGN_FILES : MAX_FILES;
  const folders = [folder];
  let files = 0;
  for (const next of folders) {
    to.folder(next);
    for (const entry of entriesOf(next)) {
      const file = path.join(next, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== '.git') folders.push(file);
      } else if (contents) {
        if ((files += 1) > most) return isForeign;
        if (statsOf(file)?.isFile() === true) to.file(file);
      }
      if (folders.length > most) return isForeign;
    }
  }
  return true;
}

/** Tells of a folder as `readFolder` does, or that it holds too much. */
export function reportFolder(
  folder: string,
  contents: boolean,
  to: FolderReader & { lost(): void },
): void {
  if (!readFolder(folder, to, contents)) to.lost();
}

/** Whether a folder is in the repository of the working folder, or holds that. */
export function isOfProject(folder: string): boolean {
  const project = repositoryRoot(process.cwd());
  return [path.relative(project, folder), path.relative(folder, project)].some(
    (way) => !way.startsWith('..') && !path.isAbsolute(way),
  );
}

const PATTERN = /[*?[]/;

/** A word of a shell command that may be a pattern of files. */
export const GLOB = /^(?=.*\w)[\w.@+~:\\/*?[\]!-]*[*?[][\w.@+~:\\/*?[\]!-]*$/;

/**
 * Tells of the folders that a shell looks into for a pattern such as `parts/*.css`.
 * @param folder Absolute path of the folder that it works in.
 * @returns What matches it now, as absolute paths.
 */
export function matchesOf(pattern: string, folder: string, to: FolderReader): string[] {
  const { root } = path.parse(pattern);
  const segments = pattern.slice(root.length).split(/[\\/]+/);
  return segments.reduce<string[]>(
    (found, segment) => found.flatMap((at) => step(at, segment, to)).slice(0, MAX_FILES),
    [path.resolve(folder, root)],
  );
}

function step(at: string, segment: string, to: FolderReader): string[] {
  if (!PATTERN.test(segment)) return segment === '' ? [at] : [path.join(at, segment)];
  if (statsOf(at)?.isDirectory() !== true) return [];
  to.folder(at);
  const matches = matcher(segment);
  const found = entriesOf(at).filter(({ name }) => matches(name));
  const folders = found.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
  return [
    ...(segment === '**' ? [at] : []),
    ...found.map(({ name }) => path.join(at, name)),
    ...(segment === '**' ? folders.flatMap(({ name }) => step(path.join(at, name), '**', to)) : []),
  ];
}

/**
 * Makes a function that matches a name. Names that begin with a dot are matched by patterns that do so alone. Each child
 * loads this, so it takes no library.
 */
function matcher(segment: string): (name: string) => boolean {
  const source = segment.replace(/\[!?[^\]]*\]|[*?]|[^*?[]+|\[/g, (part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (part.startsWith('[') && part.length > 1) return part.replace('!', '^');
    return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  try {
    const expression = new RegExp(`^${source}$`);
    return (name) => (segment.startsWith('.') || !name.startsWith('.')) && expression.test(name);
  } catch {
    // It is no pattern of files: whatever is there may match.
    return () => true;
  }
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // There is no such folder, or nobody may list it.
    return [];
  }
}
