import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { gitCommand } from '../workspace/git-command';

/** Whether git ignores a file. Null if there is no git or no repository. */
export function isGitIgnored(file: string): boolean | null {
  const status = git(path.dirname(file), ['check-ignore', '--quiet', '--', path.basename(file)]);
  return status === 0 ? true : status === 1 ? false : null;
}

/** Whether git tracks a file. */
export function isGitTracked(file: string): boolean {
  const name = path.basename(file);
  return git(path.dirname(file), ['ls-files', '--error-unmatch', '--', name]) === 0;
}

/** Runs git and returns its exit code. Null if git could not be started. */
function git(folder: string, args: readonly string[]): number | null {
  const command = gitCommand(args);
  return spawnSync('git', command.args, { cwd: folder, env: command.env, stdio: 'ignore' }).status;
}
