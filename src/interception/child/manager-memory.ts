import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isWithin } from '../../dependencies/files/workspace-paths';

const { readFileSync, realpathSync } = fs;

/** What the program of a package manager may be called. Only such programs are looked at closely. */
const MAY_BE_MANAGER = /(?:^|[\\/])(?:npm|npx|pnpm|pnpx|yarn|corepack)(?:[-.][\w.-]+)?(?:[\\/]|$)/i;

/** How a package manager was started. */
interface Start {
  /** Absolute path of the program. */
  main: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Absolute path of its working folder. */
  folder: string;
}

/**
 * The folders in which a package manager keeps its own state: downloads, logs, when it last asked for updates. They
 * are not inputs: each call changes them, and gives the same result.
 * @returns Absolute paths, without any that contains the working folder. Empty if the program is not a package
 *   manager.
 */
export function managerMemory(start: Start): string[] {
  try {
    if (!MAY_BE_MANAGER.test(start.main)) return [];
    const manager = packageNameAbove(realpathSync(start.main));
    const folders = manager === null ? undefined : FOLDERS[manager]?.(start);
    return (folders ?? [])
      .flatMap((folder) =>
        folder === undefined ? [] : bothWays(path.resolve(start.folder, folder)),
      )
      .filter((folder) => !isWithin(folder, start.folder));
  } catch {
    // If it cannot be decided, nothing is left out.
    return [];
  }
}

/** The folder as given, and its real path. */
function bothWays(folder: string): string[] {
  try {
    return [folder, realpathSync(folder)];
  } catch {
    // It does not exist yet.
    return [folder];
  }
}

/** The name of the package that a file belongs to. */
function packageNameAbove(file: string): string | null {
  for (let at = path.dirname(file); path.dirname(at) !== at; at = path.dirname(at)) {
    const text = textOf(path.join(at, 'package.json'));
    const { name } = (text === null ? {} : JSON.parse(text)) as { name?: unknown };
    if (typeof name === 'string') return name;
  }
  return null;
}

type Folders = (start: Start) => (string | undefined)[];

const corepackFolders: Folders = ({ env }) => [
  env['COREPACK_HOME'] ?? path.join(cacheHome(env), 'node', 'corepack'),
];

/** Source: yarnpkg.com/configuration, `cacheFolder` and `globalFolder`; Yarn 1, `user-dirs.js` and `cache-folder`. */
const yarnFolders: Folders = (start) => {
  const { env } = start;
  const named = option(start.args, '--cache-folder') ?? env['YARN_CACHE_FOLDER'];
  return [
    named ?? configured(start, '.yarnrc', 'cache-folder', env['HOME'] ?? os.homedir()),
    isWindows
      ? path.join(localData(env), 'Yarn', 'Cache')
      : path.join(cacheHome(env), isMac ? 'Yarn' : 'yarn'),
    env['YARN_GLOBAL_FOLDER'] ??
      (isWindows
        ? path.join(localData(env), 'Yarn', 'Berry')
        : path.join(os.homedir(), '.yarn', 'berry')),
    ...corepackFolders(start),
  ];
};

/** Source: pnpm.io/settings, `storeDir`, `cacheDir` and `stateDir`. */
const pnpmFolders: Folders = (start) => {
  const { env } = start;
  const home = os.homedir();
  const data = isWindows
    ? path.join(localData(env), 'pnpm')
    : (inXdg(env, 'XDG_DATA_HOME', 'pnpm') ??
      path.join(home, isMac ? 'Library/pnpm' : '.local/share/pnpm'));
  const state = isWindows
    ? path.join(localData(env), 'pnpm-state')
    : (inXdg(env, 'XDG_STATE_HOME', 'pnpm') ?? path.join(home, '.local/state/pnpm'));
  return [
    npmOption(start, 'store-dir') ?? path.join(env['PNPM_HOME'] ?? data, 'store'),
    npmOption(start, 'cache-dir') ??
      (isWindows ? path.join(localData(env), 'pnpm-cache') : path.join(cacheHome(env), 'pnpm')),
    npmOption(start, 'state-dir') ?? state,
    ...corepackFolders(start),
  ];
};

/** Source: docs.npmjs.com, "config", `cache` and `logs-dir`. */
const npmFolders: Folders = (start) => [
  npmOption(start, 'cache') ??
    (isWindows ? path.join(localData(start.env), 'npm-cache') : path.join(os.homedir(), '.npm')),
  npmOption(start, 'logs-dir'),
];

/** By the name of the package that the program belongs to. */
const FOLDERS: Record<string, Folders | undefined> = {
  npm: npmFolders,
  pnpm: pnpmFolders,
  '@pnpm/exe': pnpmFolders,
  yarn: yarnFolders,
  yarnpkg: yarnFolders,
  '@yarnpkg/cli-dist': yarnFolders,
  corepack: corepackFolders,
};

const isWindows = process.platform === 'win32';
const isMac = process.platform === 'darwin';

function localData(env: NodeJS.ProcessEnv): string {
  return env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local');
}

function inXdg(env: NodeJS.ProcessEnv, variable: string, name: string): string | undefined {
  const home = env[variable];
  return home === undefined || home === '' ? undefined : path.join(home, name);
}

function cacheHome(env: NodeJS.ProcessEnv): string {
  return (
    inXdg(env, 'XDG_CACHE_HOME', '') ?? path.join(os.homedir(), isMac ? 'Library/Caches' : '.cache')
  );
}

/**
 * A setting of npm, which pnpm reads in the same way: from the command line, the variables, and the nearest .npmrc
 * that has it.
 */
function npmOption(start: Start, name: string): string | undefined {
  const { args, env } = start;
  const variable = `npm_config_${name.replaceAll('-', '_')}`;
  const key = Object.keys(env).find((one) => one.toLowerCase() === variable);
  const global = process.execPath.replace(/[\\/](?:bin[\\/])?[^\\/]+$/, '');
  return (
    option(args, `--${name}`) ??
    (key === undefined ? undefined : env[key]) ??
    configured(
      start,
      '.npmrc',
      name,
      env['npm_config_userconfig'] ?? os.homedir(),
      env['npm_config_globalconfig'] ?? path.join(global, 'etc', 'npmrc'),
    )
  );
}

function option(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return args[at] === name ? args[at + 1] : args[at]?.slice(name.length + 1);
}

/**
 * The value of a key in a settings file, which is in or above the working folder or elsewhere.
 * @param others Files, or folders with a file of that name.
 */
function configured(
  { folder, env }: Start,
  file: string,
  key: string,
  ...others: string[]
): string | undefined {
  const above: string[] = [];
  for (let at = folder; ; at = path.dirname(at)) {
    above.push(at);
    if (textOf(path.join(at, 'package.json')) !== null || path.dirname(at) === at) break;
  }
  for (const place of [...above, ...others]) {
    const text = textOf(path.join(place, file)) ?? textOf(place);
    const [, value] =
      new RegExp(`^\\s*${key}\\s*[= ]\\s*"?([^"\\n]*?)"?\\s*$`, 'm').exec(text ?? '') ?? [];
    if (value !== undefined && value !== '')
      return value
        .replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? '')
        .replace(/^~(?=[\\/])/, os.homedir());
  }
  return undefined;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The file is missing or unreadable.
    return null;
  }
}
