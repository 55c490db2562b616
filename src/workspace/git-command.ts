/**
 * A call of git. All calls are built here, because the settings of a repository can name programs that git runs.
 * Their author is the author of the repository, and examining a checkout must not run any of them.
 */
export interface GitCommand {
  args: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Makes git compare the files themselves, without a daemon, a cache or a relaxed comparison. `core.preloadIndex` is
 * off because its threads would compete with selection for the CPU.
 */
const SETTINGS = [
  // A file system monitor: a program of the repository, or a daemon that git starts.
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.trustctime=true',
  'core.checkStat=default',
  'core.preloadIndex=false',
  // Hooks. We only read, so git should not run any; these settings make sure.
  'core.hooksPath=/dev/null',
  'submodule.recurse=false',
];

/**
 * Matches files that git stores and checks out byte by byte. With any of these attributes the file in the working
 * tree may differ from the blob. `filter` even names a program that git would run to compare the two. Source:
 * gitattributes(5), "Checking-out and checking-in".
 */
export const UNCONVERTED = ':(attr:!text !eol !crlf !filter !ident !working-tree-encoding)';

/**
 * Builds a git command that only reads.
 * @param args The arguments of git, such as `['ls-files', '-z']`.
 */
export function gitCommand(args: readonly string[]): GitCommand {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  return { args: ['--no-pager', ...settings, ...args], env: environment() };
}

function environment(): NodeJS.ProcessEnv {
  // Git's hooks set variables that name another index or folder. We ask about the files on disk.
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    // Prevents git from writing a refreshed index.
    GIT_OPTIONAL_LOCKS: '0',
    // In a partial clone, prevents git from fetching missing objects, which could run `core.sshCommand`.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
