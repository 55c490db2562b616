import * as path from 'node:path';

const SYSTEM_FOLDERS = ['/proc', '/sys', '/dev', '/run', '/etc/ssl'];

/** Whether `file` is `folder` or below it. Both are absolute paths. */
export function isWithin(folder: string, file: string): boolean {
  return (
    file === folder ||
    (file.startsWith(folder) && (folder.endsWith(path.sep) || file[folder.length] === path.sep))
  );
}

/** Paths that separate the project's files from foreign ones. */
export interface WorkspacePaths {
  /** Absolute path of the repository. */
  workspace: string;
  /** Absolute real path of the temporary folder. */
  temporary: string;
}

/**
 * Whether a path belongs to no project: it is one of the system, or in the temporary folder. A repository in the
 * temporary folder is an exception.
 */
export function isForeign(file: string, { workspace, temporary }: WorkspacePaths): boolean {
  return (
    !isWithin(workspace, file) &&
    (isWithin(temporary, file) || SYSTEM_FOLDERS.some((folder) => isWithin(folder, file)))
  );
}
