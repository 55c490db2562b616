import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vm from 'node:vm';
import { nodePathFolders } from '../dependencies/resolution/lookup-folders';
import { contentHash } from '../dependencies/files/content';
import { isFile } from '../dependencies/files/stats';
import { variableValue } from '../dependencies/variables';
import { swallowed } from '../terminal/debug';
import {
  isWithin,
  packageFolder,
  realPath,
  repositoryRoot,
  toStored,
} from '../dependencies/files/paths';

/** The environment variables and settings that a process started with. A global setup may change them later. */
export interface ProcessSnapshot {
  variables: NodeJS.ProcessEnv;
  runtimeFingerprint: unknown[];
}

/**
 * Takes a snapshot of this process.
 * @param root Absolute path of the root.
 * @param cwd Absolute path of the working folder.
 */
export function snapshotProcess(root: string, cwd: string): ProcessSnapshot {
  return { variables: { ...process.env }, runtimeFingerprint: runtimeFingerprint(root, cwd) };
}

/**
 * Collects the properties of the process that can change any result: the version and options of Node, time zone,
 * locale, and working folder.
 * @param root Absolute path of the root.
 * @param cwd Absolute path of the working folder.
 */
function runtimeFingerprint(root: string, cwd: string): unknown[] {
  return [
    process.versions.node,
    process.arch,
    timeZone(),
    // Of the classes that report the locale, this one loads the least data.
    new Intl.PluralRules().resolvedOptions().locale,
    typeof (vm as { SyntheticModule?: unknown }).SyntheticModule === 'function',
    nodeOptions().filter((option) => !path.isAbsolute(option)),
    nodePath(root, realPath(cwd)),
    RUNNER_VARIABLES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, variableValue(name, value)]];
    }),
    FILE_VARIABLES.flatMap((name) => fileOf(process.env[name]) ?? []),
    toStored(root, realPath(cwd)),
  ];
}

/**
 * Variables that Node or Jest read, whether or not a test does. Source: Node's documentation of its command line,
 * "Environment variables"; jest-resolve and jest-config.
 */
const RUNNER_VARIABLES = [
  ...['NODE_PRESERVE_SYMLINKS', 'NODE_PRESERVE_SYMLINKS_MAIN', 'NODE_PENDING_DEPRECATION'],
  ...['NODE_ICU_DATA', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_USE_SYSTEM_CA'],
  ...['NODE_USE_ENV_PROXY', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['NODE_DEBUG', 'JEST_JASMINE'],
];

/** Those of them that name a file, which Node reads as it starts. */
const FILE_VARIABLES = ['NODE_EXTRA_CA_CERTS', 'OPENSSL_CONF', 'SSL_CERT_FILE'];

/** The content hash of the file that a variable names. */
function fileOf(value: string | undefined): string | null {
  if (value === undefined || !isFile(value)) return null;
  try {
    return contentHash(fs.readFileSync(value));
  } catch (error) {
    swallowed('workspace', error, `reading ${value}; Node cannot read it either`);
    return null;
  }
}

/** The folders of `NODE_PATH`, which Jest's resolver reads itself. Those in the repository are relative to the root. */
function nodePath(root: string, cwd: string): string[] {
  const workspace = repositoryRoot(root);
  return nodePathFolders(process.env['NODE_PATH'], cwd).map((folder) =>
    isWithin(workspace, folder) ? `<root>/${toStored(root, folder)}` : folder,
  );
}

/** Years whose winter and summer times distinguish the time zones. */
const YEARS = [1950, 1970, 1985, 2000, 2015, 2025];

/**
 * Identifies the time zone by its effects. Asking `Intl` for the name takes as long as reading the whole
 * configuration.
 */
function timeZone(): string[] {
  const name = process.env['TZ'] ?? systemZone();
  const dates = YEARS.flatMap((year) => [new Date(year, 0, 1), new Date(year, 6, 1)]);
  // `toString` prints the offset and the name.
  return [
    name.replace(/^(?:Etc\/)?(?:UTC|UCT|Universal|Zulu)$/, 'UTC'),
    ...dates.map((date) => date.toString()),
  ];
}

/** On Linux and macOS the system's time zone is a symbolic link. Without it the time zone is UTC. */
function systemZone(): string {
  try {
    return fs.readlinkSync('/etc/localtime').replace(/^.*zoneinfo\//, '');
  } catch {
    // There is no such link.
    return 'UTC';
  }
}

/** Returns the files of the repository that Node preloads (`--require`, `--import`), as absolute paths. */
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

/** Returns the names of the installed packages that Node preloads. */
export function preloadedPackages(): string[] {
  return nodeOptions().filter((option) => /^@?[a-z\d]/i.test(option) && !path.isAbsolute(option));
}

/** Options of Node that do not change results: those for debuggers, profilers, memory limits and warnings. */
const HARMLESS =
  /^--(?:inspect|debug|max[-_](?:old|semi)[-_]space|no-warnings|disable-warning|trace|cpu-prof|heap|perf|prof|report|diagnostic|enable-source-maps|experimental-vm-modules)/;

/**
 * Returns the options that can change results. Of an option that loads a module, only the module's name or path is
 * returned.
 */
function nodeOptions(): string[] {
  return [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv]
    .map((option) =>
      option.replace(/^(?:-r|--(?:require|import|loader))=?/, '').replace(/^["']|["']$/g, ''),
    )
    .filter((option) => option !== '' && !HARMLESS.test(option));
}
