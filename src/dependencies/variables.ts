import { shortHash } from './files/content';
import { OF_SCRIPTS } from './script-variables';
import { isSlowHash, slowHashes } from './slow-hash';

/**
 * Environment variables that differ between machines or runs without affecting any result: search paths, terminals,
 * sessions, counters of CI systems, and what npm and Jest set for child processes. A trailing `*` matches any ending.
 */
export const IGNORED_VARIABLES: readonly string[] = [
  'PATH', 'Path', 'PATHEXT', 'PWD', 'OLDPWD', 'INIT_CWD', 'HOME', 'USERPROFILE', 'USER', 'USERNAME', 'LOGNAME', 'HOSTNAME',
  'SHELL', 'SHLVL', '_', 'TERM', 'TERM_*', 'COLORTERM', 'COLUMNS', 'LINES', 'FORCE_COLOR', 'NO_COLOR', 'CLICOLOR*',
  'EDITOR', 'VISUAL', 'PAGER', 'DISPLAY', 'WAYLAND_*', 'XDG_*', 'DBUS_*', 'SSH_*', 'GPG_*', 'TMUX*', 'STY', 'WINDOWID',
  'TMPDIR', 'TMP', 'TEMP', 'LS_COLORS', 'LESS*', 'MAIL', 'NPM_*', 'PNPM_*', 'YARN_*', 'BERRY_*', 'COREPACK_*', 'NODE',
  'NVM_*', 'VOLTA_*', 'FNM_*', 'ASDF_*', 'JEST_WORKER_ID', 'TESTMON*', 'VSCODE_*', 'IDEA_*', 'WEBSTORM_*', 'ELECTRON_*',
  'CI', 'CI_*', 'CONTINUOUS_INTEGRATION', 'BUILD_*', 'RUN_ID', 'GITHUB_*', 'RUNNER_*', 'ACTIONS_*', 'GITLAB_*', 'CIRCLE*', 'TRAVIS*',
  'JENKINS_*', 'BUILDKITE*', 'TEAMCITY_*', 'TF_BUILD', 'SYSTEM_*', 'AGENT_*', 'APPVEYOR*', 'DRONE*', 'SEMAPHORE*', 'BITBUCKET_*',
  'NETLIFY*', 'VERCEL*', 'CODEBUILD_*', 'npm_command', 'npm_execpath', 'npm_node_execpath', 'npm_lifecycle_*', 'npm_package_json',
  'npm_package_resolved', 'npm_package_integrity', 'npm_config_argv', 'npm_config_cache', 'npm_config_globalconfig',
  'npm_config_global_prefix', 'npm_config_init_module', 'npm_config_local_prefix', 'npm_config_loglevel', 'npm_config_node_*',
  'npm_config_noproxy', 'npm_config_npm_version', 'npm_config_prefix', 'npm_config_registry', 'npm_config_user_agent',
  'npm_config_userconfig', 'npm_config_color',
]; // prettier-ignore

/**
 * Returns a function that tells whether a variable is excluded, by the built-in list or the user's.
 * @param extra The user's names. A trailing `*` matches any ending.
 */
export function ignoredVariables(extra: readonly string[] = []): (name: string) => boolean {
  return named([...IGNORED_VARIABLES, ...extra]);
}

/** Returns a function that tells whether a name is in a list. A trailing `*` in the list matches any ending. */
function named(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const pattern of patterns) {
    if (pattern.endsWith('*')) prefixes.push(pattern.slice(0, -1));
    else exact.add(pattern);
  }
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** Variables whose values are never secrets. Most suites read some of them, so they are hashed fast. */
const isPublic = named([
  'NODE_ENV', 'BABEL_ENV', 'BABEL_SHOW_CONFIG_FOR', 'BABEL_DISABLE_CACHE', 'BROWSERSLIST', 'BROWSERSLIST_*', 'SWC_NODE_PROJECT',
  'TS_NODE_*', 'TS_JEST_*', 'JEST_JASMINE', 'TZ', 'LANG', 'LANGUAGE', 'LC_*', 'DEBUG', 'DEBUG_COLORS', 'DEBUG_PRINT_LIMIT',
  'LOG_LEVEL', 'LOGLEVEL', 'RTL_SKIP_AUTO_CLEANUP', 'GRACEFUL_FS_PLATFORM', 'READABLE_STREAM', 'TEST_GRACEFUL_FS_GLOBAL_PATCH',
  'NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'NODE_PRESERVE_SYMLINKS', 'NODE_PRESERVE_SYMLINKS_MAIN', 'NODE_PENDING_DEPRECATION',
  'NODE_ICU_DATA', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_USE_SYSTEM_CA', 'NODE_USE_ENV_PROXY',
  'NODE_NO_WARNINGS', 'NODE_DISABLE_COLORS', 'NODE_V8_COVERAGE', 'NODE_PATH', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'SSL_CERT_FILE',
  'SSL_CERT_DIR', 'UV_THREADPOOL_SIZE', 'OS', 'PROCESSOR_ARCHITECTURE', 'NUMBER_OF_PROCESSORS', 'COMSPEC', 'ComSpec', 'SystemRoot',
  'SYSTEMROOT', 'windir', 'WINDIR',
]); // prettier-ignore

/**
 * Whether a variable's value may be a secret that a fast hash would allow to guess. An empty or unset variable
 * reveals nothing.
 */
export function mayBeSecret(name: string, value: string | undefined): boolean {
  return value !== undefined && value !== '' && !isPublic(name);
}

/**
 * Returns the recorded value of a variable: a slow hash if it may be a secret, else a fast one. Empty if the variable
 * is not set.
 */
export function variableValue(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  return mayBeSecret(name, value) ? slowValue(name, value) : fastValue(value);
}

/**
 * Whether a variable still has its recorded value.
 * @param recorded A value from `variableValue`. Earlier versions recorded a fast hash of every variable.
 */
export function variableHolds(name: string, value: string | undefined, recorded: string): boolean {
  if (value === undefined || recorded === '') return value === undefined && recorded === '';
  return recorded === (isSlowHash(recorded) ? slowValue(name, value) : fastValue(value));
}

function slowValue(name: string, value: string): string {
  return slowHashes.of(`variable ${name}`, value);
}

/**
 * Returns a fast hash of a value. Only for values that are no secrets, or that are hashed again before they are
 * stored.
 */
export function fastValue(value: string): string {
  return shortHash(`=${value}`);
}

/**
 * Returns the recorded value for the names of all environment variables, without the excluded ones and those of scripts.
 */
export function variableNamesValue(
  variables: Readonly<NodeJS.ProcessEnv>,
  ignores: (name: string) => boolean,
): string {
  const names = Object.keys(variables).filter((name) => !ignores(name) && !OF_SCRIPTS.test(name));
  return shortHash(names.sort().join('\0'));
}
