/**
 * Every call of git goes through here. The settings of a repository name programs that git runs: they belong to whoever
 * wrote the repository, and looking at a checkout must run none of them.
 */
export interface GitCommand {
  args: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Git decides by what is on the disk and by all of it: no daemon, no cache of its own, no relaxed comparison. It looks at
 * one file after the other: its stat threads would compete with selection for the processors.
 */
const SETTINGS = [
  // A program that tells what changed, or a daemon that git starts.
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.trustctime=true',
  'core.checkStat=default',
  'core.preloadIndex=false',
  // Programs that git runs at certain moments. We write nothing, so none of these should come; none may.
  'core.hooksPath=/dev/null',
  'submodule.recurse=false',
];

/**
 * Files that git stores and hands out as they are. Any of these attributes, wherever it is set, may make the working
 * file differ from the blob, and `filter` names a program that git would run to compare the two.
 * Source: gitattributes(5), "Checking-out and checking-in".
 */
export const UNCONVERTED = ':(attr:!text !eol !crlf !filter !ident !working-tree-encoding)';

/** A command of git that reads, with what it runs under. */
export function gitCommand(args: readonly string[]): GitCommand {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  return { args: ['--no-pager', ...settings, ...args], env: environment() };
}

function environment(): NodeJS.ProcessEnv {
  // A hook of git's names another index and another folder in variables; we ask about what stands on the disk.
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    // Nothing of the user's repository is written, not even a refreshed index.
    GIT_OPTIONAL_LOCKS: '0',
    // In a partial clone git asks another machine for what it misses: through `core.sshCommand`, say.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
