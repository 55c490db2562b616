import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { Composition } from '../../config/composition';

/** Where Jest's own command stands in its packages, whatever name they are installed by. */
const JEST_COMMAND = /jest[^\\/]*[\\/]bin[\\/]jest\.js$/;

/** Where Jest begins to say that it found no tests, with the colour before it. */
// eslint-disable-next-line no-control-regex
const NO_TESTS_FOUND = /(?:\x1b\[\d+m)*No tests found/;

/**
 * Runs the command of this process once more with testmon switched off, and waits for it. So Jest says in its own words
 * what only it knows: where it looked for tests. What comes before that, this process has said already.
 * @returns Its exit code; null where this process was not started by a command that could be repeated.
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
