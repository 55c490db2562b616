import { createHash } from 'node:crypto';
import { isScopeName, type SharedOptions } from '../config/shared-option';
import type { SharedPlace } from '../store';
import { ciPlace, type CiPlace } from './ci-scopes';
import { publicName } from './secrets';

/** How this machine uses a shared store. */
export interface SharedSettings {
  /** May hold credentials: it goes to `openEngine` alone. */
  url: string;
  /** As it may be shown. */
  name: string;
  /** The scopes that are read, its own first. */
  read: string[];
  /** The scope that is written; null where this machine only reads. */
  write: string | null;
  publicKey: string | null;
  /** Milliseconds. */
  timeout: number;
  /** What the database calls it. */
  place: SharedPlace;
}

/** The scope of the default branch, whatever its name is. */
const MAIN = 'main';

/** What default branches are called, where CI does not say. */
const MAIN_BRANCHES = ['main', 'master', 'trunk'];

const TIMEOUT = 3000;

/**
 * What the option `shared` comes to on this machine.
 * @param env `process.env`, in which CI says what runs.
 * @returns Null where nothing is shared.
 */
export function sharedSettings(
  option: string | SharedOptions,
  env: NodeJS.ProcessEnv,
): SharedSettings | null {
  if (option === 'off') return null;
  const given: SharedOptions = typeof option === 'string' ? { url: option } : option;
  const ci = ciPlace(env);
  const own = given.scope ?? (ci === null ? null : scopeOf(ci));
  // A CI that does not say what it runs might be running anything.
  const mayWrite = given.write ?? (ci !== null && !ci.isFork && own !== null);
  const bases = given.base === undefined ? basesOf(ci) : [given.base];
  const scope = own ?? MAIN;
  const name = publicName(given.url);
  const write = mayWrite ? scope : null;
  return {
    url: given.url,
    name,
    read: [...new Set([scope, ...bases])],
    write,
    publicKey: given.publicKey ?? null,
    timeout: given.timeout ?? TIMEOUT,
    place: { store: createHash('sha256').update(name).digest('hex').slice(0, 16), scope: write },
  };
}

/** The scope of a CI run; null where CI says nothing of what it runs. */
function scopeOf(ci: CiPlace): string | null {
  if (ci.pullRequest !== null) return asScope(`pr/${ci.pullRequest}`);
  return ci.branch === null ? null : branchScope(ci.branch, ci);
}

function basesOf(ci: CiPlace | null): string[] {
  return ci?.target ? [branchScope(ci.target, ci), MAIN] : [MAIN];
}

function branchScope(branch: string, { defaultBranch }: CiPlace): string {
  const isMain = defaultBranch === null ? MAIN_BRANCHES.includes(branch) : branch === defaultBranch;
  return isMain ? MAIN : asScope(`branch/${branch}`);
}

/** A name that no scope can have stands for itself by its hash. */
function asScope(text: string): string {
  if (isScopeName(text)) return text;
  return `branch/${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
}
