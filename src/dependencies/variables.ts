import { shortHash } from './content';

/**
 * Environment variables that differ from machine to machine or from run to run without a test's result depending
 * on them: search paths, terminals, sessions, counters of CI systems, what npm and Jest set for their children.
 * A trailing `*` matches any ending.
 */
export const IGNORED_VARIABLES: readonly string[] = [
  'PATH', 'Path', 'PATHEXT', 'PWD', 'OLDPWD', 'INIT_CWD', 'HOME', 'USERPROFILE', 'USER', 'USERNAME', 'LOGNAME', 'HOSTNAME',
  'SHELL', 'SHLVL', '_', 'TERM', 'TERM_*', 'COLORTERM', 'COLUMNS', 'LINES', 'FORCE_COLOR', 'NO_COLOR', 'CLICOLOR*',
  'EDITOR', 'VISUAL', 'PAGER', 'DISPLAY', 'WAYLAND_*', 'XDG_*', 'DBUS_*', 'SSH_*', 'GPG_*', 'TMUX*', 'STY', 'WINDOWID',
  'TMPDIR', 'TMP', 'TEMP', 'LS_COLORS', 'LESS*', 'MAIL', 'npm_*', 'NPM_*', 'PNPM_*', 'YARN_*', 'BERRY_*', 'COREPACK_*', 'NODE',
  'NVM_*', 'VOLTA_*', 'FNM_*', 'ASDF_*', 'JEST_WORKER_ID', 'TESTMON*', 'VSCODE_*', 'IDEA_*', 'WEBSTORM_*', 'ELECTRON_*',
  'CI', 'CI_*', 'CONTINUOUS_INTEGRATION', 'BUILD_*', 'RUN_ID', 'GITHUB_*', 'RUNNER_*', 'ACTIONS_*', 'GITLAB_*', 'CIRCLE*', 'TRAVIS*',
  'JENKINS_*', 'BUILDKITE*', 'TEAMCITY_*', 'TF_BUILD', 'SYSTEM_*', 'AGENT_*', 'APPVEYOR*', 'DRONE*', 'SEMAPHORE*', 'BITBUCKET_*',
  'NETLIFY*', 'VERCEL*', 'CODEBUILD_*',
]; // prettier-ignore

/** Makes the test for a variable that never counts: the built-in list and the user's. */
export function ignoredVariables(extra: readonly string[] = []): (name: string) => boolean {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const pattern of [...IGNORED_VARIABLES, ...extra]) {
    if (pattern.endsWith('*')) prefixes.push(pattern.slice(0, -1));
    else exact.add(pattern);
  }
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** What a record keeps of a variable: a hash, as values may be secrets; empty when it is not set. */
export function variableValue(value: string | undefined): string {
  return value === undefined ? '' : shortHash(`=${value}`);
}

/** What a record keeps of which variables there are, those that never count aside. */
export function variableNamesValue(
  variables: NodeJS.ProcessEnv,
  ignores: (name: string) => boolean,
): string {
  const names = Object.keys(variables).filter((name) => !ignores(name));
  return shortHash(names.sort().join('\0'));
}
