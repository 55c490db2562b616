import * as path from 'node:path';

const SYSTEM_FOLDERS = ['/proc', '/sys', '/dev', '/run', '/etc/ssl'];

/** True when `file` is `folder` or lies below it. */
export function isWithin(folder: string, file: string): boolean {
  return (
    file === folder ||
    (file.startsWith(folder) && (folder.endsWith(path.sep) || file[folder.length] === path.sep))
  );
}

/** Where files of nobody's project are. */
export interface WorkspacePaths {
  /** Absolute path of the repository. */
  workspace: string;
  /** Absolute, real path of the temporary folder. */
  temporary: string;
}

/** Whether a path is no project's: the system's, or in the temporary folder, unless the project itself lives there. */
export function isForeign(file: string, { workspace, temporary }: WorkspacePaths): boolean {
  return (
    !isWithin(workspace, file) &&
    (isWithin(temporary, file) || SYSTEM_FOLDERS.some((folder) => isWithin(folder, file)))
  );
}
