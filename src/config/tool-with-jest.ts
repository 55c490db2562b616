import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { constants } from 'node:os';
import * as path from 'node:path';
import { folderWith } from '../dependencies/files/paths';
import { resolveFrom } from '../run/user-jest';

/** A tool that runs a project's tests, with a Jest and a config of its own. */
export interface ToolWithJest {
  /** As it stands in the script. */
  name: string;
  /** The version of its Jest. Null if that is not found. */
  version: string | null;
  /** Runs the project's own script. */
  run: (args: string[]) => Promise<void>;
}

/** All of them run the tests by the config of react-scripts, and hand Jest's arguments on. */
const TOOLS =
  /(?:^|[\s/\\&;])(react-scripts|craco|react-app-rewired)\s(?:[^\s&;|]+\s)*?test(?=$|[\s&;|])/;

const CONFIG_FILE = /^jest\.config\.(?:[cm]?[jt]s|json)$/;

/**
 * Returns the tool by which a project's script `test` runs Jest, if the project has no Jest config of its own.
 * @param folder Absolute path of a folder of the project.
 */
export function toolWithJest(folder: string): ToolWithJest | null {
  const root = folderWith(folder, 'package.json');
  if (root === null || fs.readdirSync(root).some((name) => CONFIG_FILE.test(name))) return null;
  const script = scriptOf(root);
  const name = TOOLS.exec(script)?.[1];
  // Such a script would start itself again and again.
  if (name === undefined || script.includes('jest-testmon')) return null;
  return { name, version: versionIn(root), run: (args) => runScript(root, script, args) };
}

function scriptOf(root: string): string {
  const { scripts } = readJson(path.join(root, 'package.json')) as {
    scripts?: { test?: unknown };
  };
  return typeof scripts?.test === 'string' ? scripts.test : '';
}

function versionIn(root: string): string | null {
  const scripts = resolveFrom(path.join(root, 'package.json'), 'react-scripts/package.json');
  const jest = scripts === null ? null : resolveFrom(scripts, 'jest/package.json');
  return jest === null ? null : ((readJson(jest) as { version?: string }).version ?? null);
}

function readJson(file: string): object {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // It is not there, or no JSON. Who needs it will say so.
    return {};
  }
}

/** Runs a script of package.json as a package manager does. */
async function runScript(root: string, script: string, args: string[]): Promise<void> {
  // These tools watch unless they are told not to. Our command does what Jest does.
  const watches = args.some((arg) => /^--watch(All)?(?:=|$)/.test(arg));
  const given = watches ? args : [...args, '--watchAll=false'];
  const folders = [...foldersAbove(root)].map((folder) =>
    path.join(folder, 'node_modules', '.bin'),
  );
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const child = spawn([script, ...given.map(quote)].join(' '), {
    shell: true,
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, [name]: [...folders, process.env[name]].join(path.delimiter) },
  });
  const end = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve([code, signal]));
  });
  const stop = (signal: NodeJS.Signals) => child.kill(signal);
  // The terminal sends an interrupt to the child too, which then comes to its own end.
  const wait = () => undefined;
  process.on('SIGTERM', stop).on('SIGINT', wait);
  const [code, signal] = await end.finally(() => process.off('SIGTERM', stop).off('SIGINT', wait));
  process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}

function* foldersAbove(folder: string): Generator<string> {
  yield folder;
  const above = path.dirname(folder);
  if (above !== folder) yield* foldersAbove(above);
}

function quote(arg: string): string {
  if (/^[\w@%+=:,./-]+$/.test(arg)) return arg;
  return process.platform === 'win32'
    ? `"${arg.replace(/"/g, '\\"')}"`
    : `'${arg.replace(/'/g, `'\\''`)}'`;
}
