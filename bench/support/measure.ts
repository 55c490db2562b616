import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';

/** What one finished command took. */
export interface Measured {
  /** Seconds. */
  wall: number;
  /** User CPU seconds of the command and all its children; on a system without /proc, the wall time. */
  user: number;
  /** System CPU seconds of the same; zero on a system without /proc. */
  system: number;
  exitCode: number | null;
  output: string;
}

/** Runs a command to its end and measures it. */
export function measure(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Measured {
  const before = childrenCpu();
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  const after = childrenCpu();
  return {
    wall,
    user: after === null || before === null ? wall : after.user - before.user,
    system: after === null || before === null ? 0 : after.system - before.system,
    exitCode: status,
    output: stdout + stderr,
  };
}

/** Seconds of CPU of the children waited for so far. Source: proc(5), `cutime` and `cstime`. */
function childrenCpu(): { user: number; system: number } | null {
  try {
    const stat = fs.readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { user: Number(fields[13]) / 100, system: Number(fields[14]) / 100 };
  } catch {
    return null;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * The machine and versions a figure was measured with.
 * @param folder A project, whose Jest is told too.
 */
export function machine(folder?: string): string {
  const [cpu] = os.cpus();
  const jest = folder === undefined ? '' : `, Jest ${jestVersion(folder)}`;
  return `${os.cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.version}${jest}`;
}

function jestVersion(folder: string): string {
  const require = createRequire(path.join(path.resolve(folder), 'package.json'));
  return (require('jest/package.json') as { version: string }).version;
}

/** Runs several commands in turn, round after round, so that a drifting machine touches all alike. */
export function alternate<Name extends string>(
  rounds: number,
  commands: Record<Name, () => Measured>,
): Record<Name, Measured[]> {
  const names = Object.keys(commands) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<
    Name,
    Measured[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse())
      results[name].push(commands[name]());
  }
  return results;
}
