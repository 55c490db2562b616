import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import type { Project } from '../harness';

const CLI = path.resolve(__dirname, '../../..', process.env.TESTMON_DIST ?? 'dist', 'cli.js');

export interface CommandResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a subcommand of the built command in a project, without a terminal. `input` is what it reads. */
export function command(
  project: Project,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
): CommandResult {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(TESTMON|JEST_|NODE_ENV$|FORCE_COLOR$|CI$|GITHUB_|NODE_OPTIONS$)/.test(name),
    ),
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: project.root,
    encoding: 'utf8',
    input,
    env: { ...inherited, TMPDIR: project.temporary, NO_COLOR: '1', ...env },
  });
  return { exitCode: status, stdout, stderr };
}
