import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { Composition } from '../../config/composition';

/** Matches the path of Jest's command in its package. The package may be installed under another name. */
const JEST_COMMAND = /jest[^\\/]*[\\/]bin[\\/]jest\.js$/;

/** Matches the beginning of Jest's message that it found no tests, including the colour before it. */
// eslint-disable-next-line no-control-regex
const NO_TESTS_FOUND = /(?:\x1b\[\d+m)*No tests found/;

/**
 * Runs the command of this process again with testmon switched off, and waits for it. So Jest prints what only it
 * knows: where it searched for tests. Output before that message is dropped, because this process has printed it
 * already.
 * @returns The exit code. Null if this process was not started by a command that can be repeated.
 */
export function explainWithoutTestmon({ by }: Composition): number | null {
  const [node = process.execPath, command, ...args] = process.argv;
  if (command === undefined || (by === 'config' && !isJestCommand(command))) return null;
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith('TESTMON_'));
  const { status, stdout, stderr, error } = spawnSync(
    node,
    [...process.execArgv, command, ...args],
    {
      env: {
        ...(process.stdout.isTTY && { FORCE_COLOR: '1' }),
        ...Object.fromEntries(variables),
        TESTMON: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    },
  );
  const [out, err] = [stdout, stderr].map((text) => NO_TESTS_FOUND.exec(text)?.index ?? -1);
  if (error !== undefined || out === undefined || err === undefined || Math.max(out, err) < 0)
    return null;
  if (out >= 0) process.stdout.write(stdout.slice(out));
  if (err >= 0) process.stderr.write(stderr.slice(err));
  return status ?? 1;
}

function isJestCommand(file: string): boolean {
  try {
    return JEST_COMMAND.test(fs.realpathSync(file));
  } catch {
    // There is no such file.
    return false;
  }
}
