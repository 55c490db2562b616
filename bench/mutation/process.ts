import { spawn, type ChildProcess } from 'node:child_process';

/** How a child process ended, and what it said. */
export interface Ended {
  /** Null where it was killed. */
  code: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

const running = new Set<ChildProcess>();

/** Runs Node on a script in a process group of its own and waits for its end, or ends it when its time is up. */
export function runNode(
  script: string,
  args: readonly string[],
  { cwd, timeout, env }: { cwd: string; timeout: number; env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A mutant that loops for ever loops in a worker as well: the whole group can then be ended.
      detached: true,
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = setTimeout(() => {
      timedOut = true;
      end(child);
    }, timeout);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, stdout, stderr, timedOut });
    });
  });
}

/** Ends everything that still runs. */
export function endProcesses(): void {
  for (const child of running) end(child);
}

function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}

/** The environment as a fresh terminal would have it: nothing of an outer run of Jest or of the tool. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TESTMON.*|JEST_.*|TS_NODE_.*|NODE_ENV)$/.test(name),
  );
  return Object.fromEntries(kept);
}
