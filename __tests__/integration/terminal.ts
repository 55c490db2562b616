import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { CLI, type Project, type RunOptions } from './harness';

/** Makes standard error a terminal in name, where none can be had. */
const IN_NAME = 'process.stderr.isTTY = true;\n';

/** All that a command writes on a pseudo terminal, or what comes closest to one here. */
export function onTerminal(
  project: Project,
  args: readonly string[],
  options: RunOptions = {},
): string {
  const env = { ...project.environment(options), TERM: 'xterm' };
  const command = [process.execPath, CLI, ...args];
  // `script` of util-linux; that of BSD takes other arguments.
  if (spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')) {
    const line = command.map((part) => `'${part.replace(/'/g, `'\\''`)}'`).join(' ');
    return spawnSync('script', ['-qec', line, '/dev/null'], {
      cwd: project.root,
      env,
      encoding: 'utf8',
    }).stdout;
  }
  const preload = path.join(project.temporary, 'terminal.js');
  fs.writeFileSync(preload, IN_NAME);
  const { stdout, stderr } = spawnSync(command[0] ?? '', ['-r', preload, ...command.slice(1)], {
    cwd: project.root,
    env,
    encoding: 'utf8',
  });
  return stdout + stderr;
}
