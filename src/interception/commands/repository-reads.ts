import path from 'node:path';
import { folderWith } from '../../dependencies/files/enclosing-folders';
import { isFile } from '../../dependencies/files/stats';
import { isOfProject, reportFolder, type FolderReader } from './named-folders';

/** Receives what a program reads of a repository. */
export interface RepositoryReader extends FolderReader {
  missed(file: string): void;
  lost(): void;
}

/**
 * Reports what git reads.
 * @param folder Absolute path of the folder that it works in.
 * @param part The state of commits, branches and settings, or that of the files as well.
 */
export function reportRepository(
  folder: string,
  part: 'references' | 'files',
  to: RepositoryReader,
): void {
  const root = folderWith(folder, '.git');
  if (root === null || !isOfProject(root)) return;
  // A worktree or a submodule has its repository elsewhere.
  if (isFile(path.join(root, '.git'))) to.lost();
  const file = (name: string): void => {
    const at = path.join(root, '.git', name);
    if (isFile(at)) to.file(at);
    else to.missed(at);
  };
  for (const name of ['HEAD', 'config', 'packed-refs']) file(name);
  reportFolder(path.join(root, '.git/refs'), true, to);
  if (part === 'references') return;
  file('index');
  reportFolder(root, true, to);
}
