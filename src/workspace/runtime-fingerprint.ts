import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vm from 'node:vm';
import { nodePathFolders } from '../dependencies/resolution/lookup-folders';
import { isFile } from '../dependencies/files/stats';
import { variableValue } from '../dependencies/variables';
import {
  isWithin,
  packageFolder,
  realPath,
  repositoryRoot,
  toStored,
} from '../dependencies/files/paths';

/** What a process was started with: a global setup may change it, for the tests and for the runs to come. */
export interface ProcessSnapshot {
  variables: NodeJS.ProcessEnv;
  runtimeFingerprint: unknown[];
}

/**
 * What this process has been started with, or is about to run with.
 * @param cwd Absolute path of the working folder.
 */
export function snapshotProcess(root: string, cwd: string): ProcessSnapshot {
  return { variables: { ...process.env }, runtimeFingerprint: runtimeFingerprint(root, cwd) };
}

/**
 * What every program sees of where and how it runs, as far as results are known to differ by it: the version of Node
 * and its options, the time zone and the locale, the working folder.
 * @param cwd Absolute path of the working folder.
 */
function runtimeFingerprint(root: string, cwd: string): unknown[] {
  return [
    process.versions.node,
    process.arch,
    timeZone(),
    // Of all that tell the locale, the one that loads least.
    new Intl.PluralRules().resolvedOptions().locale,
    typeof (vm as { SyntheticModule?: unknown }).SyntheticModule === 'function',
    nodeOptions().filter((option) => !path.isAbsolute(option)),
    nodePath(root, realPath(cwd)),
    RUNNER_VARIABLES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, variableValue(name, value)]];
    }),
    toStored(root, realPath(cwd)),
  ];
}

/**
 * Variables that Node or Jest read for themselves, whatever a test asks for.
 * Source: Node's documentation of its command line, "Environment variables"; jest-resolve and jest-config.
 */
const RUNNER_VARIABLES = [
  ...['NODE_PRESERVE_SYMLINKS', 'NODE_PRESERVE_SYMLINKS_MAIN', 'NODE_PENDING_DEPRECATION'],
  ...['NODE_ICU_DATA', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_USE_SYSTEM_CA'],
  ...['NODE_USE_ENV_PROXY', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  'JEST_JASMINE',
];

/** The folders of `NODE_PATH`, which Jest's resolver reads itself: those of the repository as seen from the root. */
function nodePath(root: string, cwd: string): string[] {
  const workspace = repositoryRoot(root);
  return nodePathFolders(process.env['NODE_PATH'], cwd).map((folder) =>
    isWithin(workspace, folder) ? `<root>/${toStored(root, folder)}` : folder,
  );
}

/** Years whose winters and summers tell time zones apart. */
const YEARS = [1950, 1970, 1985, 2000, 2015, 2025];

/** What tells the time zone. Asking `Intl` for its name takes as long as reading the whole configuration. */
function timeZone(): string[] {
  const name = process.env['TZ'] ?? systemZone();
  const dates = YEARS.flatMap((year) => [new Date(year, 0, 1), new Date(year, 6, 1)]);
  // As `toString` gives them: the offset and the name.
  return [
    name.replace(/^(?:Etc\/)?(?:UTC|UCT|Universal|Zulu)$/, 'UTC'),
    ...dates.map((date) => date.toString()),
  ];
}

/** Linux and macOS keep the system's own time zone as a link; without one it is UTC. */
function systemZone(): string {
  try {
    return fs.readlinkSync('/etc/localtime').replace(/^.*zoneinfo\//, '');
  } catch {
    // There is no such link.
    return 'UTC';
  }
}

/** Files of the repository that Node loads before everything else, as absolute paths. */
export function preloaded(root: string): string[] {
  const workspace = repositoryRoot(root);
  return nodeOptions()
    .filter((option) => /[./\\]/.test(option) && !option.startsWith('--'))
    .map((option) => path.resolve(option))
    .flatMap((file) => PRELOADED_AS.map((end) => file + end).find(isFile) ?? [])
    .filter((file) => isWithin(workspace, file) && packageFolder(file) === null);
}

/** A preloaded module may be named without its extension. */
const PRELOADED_AS = ['', '.js', '.json', '/index.js'];

/** The installed packages that Node loads before everything else, by name. */
export function preloadedPackages(): string[] {
  return nodeOptions().filter((option) => /^@?[a-z\d]/i.test(option) && !path.isAbsolute(option));
}

/** Options of Node that make a program's results no others: for debuggers, profilers, memory and warnings. */
const HARMLESS =
  /^--(?:inspect|debug|max[-_](?:old|semi)[-_]space|no-warnings|disable-warning|trace|cpu-prof|heap|perf|prof|report|diagnostic|enable-source-maps|experimental-vm-modules)/;

/** The options that count; those that load a module are given as its name or path alone. */
function nodeOptions(): string[] {
  return [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv]
    .map((option) =>
      option.replace(/^(?:-r|--(?:require|import|loader))=?/, '').replace(/^["']|["']$/g, ''),
    )
    .filter((option) => option !== '' && !HARMLESS.test(option));
}
