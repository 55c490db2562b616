import type {
  DependencyKind,
  EnvironmentKey,
  ModuleForm,
  TestOutcome,
  TestRunOutcome,
} from './types';

/**
 * Whether a path can have been stored by us: relative, normalised, with forward slashes. It may lead out of the
 * root, as in a workspace whose packages are hoisted, but only at its start.
 */
export function isStoredPath(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > 4096) return false;
  if (PLAIN_PATH.test(value)) return true;
  if (value.startsWith('/') || /^[A-Za-z]:[\\/]/.test(value) || value.includes('\0')) return false;
  let leaving = true;
  for (const segment of value.split('/')) {
    if (segment === '' || segment === '.') return false;
    if (segment === '..' && !leaving) return false;
    if (segment !== '..') leaving = false;
  }
  return true;
}

/** What nearly every path looks like: no segment is empty or begins with a dot. */
const PLAIN_PATH = /^[\w@-][\w@.-]*(?:\/[\w@-][\w@.-]*)*$/;

/** Whether a dependency of the kind can have the name. */
export function isDependencyName(kind: DependencyKind, value: unknown): value is string {
  if (kind === 'variable' || kind === 'mocks')
    return typeof value === 'string' && value.length <= 4096 && !value.includes('\0');
  // The root itself is the empty path; listings and look-ups may be about it.
  return value === '' || value === '.' || isStoredPath(value);
}

/** Spelled out so that the compiler asks for a new kind here too. */
const KINDS: Record<DependencyKind, true> = {
  file: true,
  absent: true,
  present: true,
  listing: true,
  package: true,
  manifest: true,
  declared: true,
  variable: true,
  pragmas: true,
  rivals: true,
  mocks: true,
  always: true,
};

export function isDependencyKind(value: unknown): value is DependencyKind {
  return typeof value === 'string' && Object.hasOwn(KINDS, value);
}

export function isModuleForm(value: unknown): value is ModuleForm {
  return value === 'commonjs' || value === 'module' || value === 'node';
}

export function isTestOutcome(value: unknown): value is TestOutcome {
  return value === 'passed' || value === 'failed' || value === 'skipped' || value === 'todo';
}

export function isRunOutcome(value: unknown): value is TestRunOutcome {
  return value === 'passed' || value === 'failed';
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A row id, a count or a time: what an INTEGER column of ours holds. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** JSON made to burst takes a hundred times its own size in memory. */
const MAX_TITLES_CHARACTERS = 1 << 22;

/** The titles that a stored test name holds; null where it holds anything else. */
export function readTitles(value: unknown): string[] | null {
  if (typeof value !== 'string' || value.length > MAX_TITLES_CHARACTERS) return null;
  try {
    const titles: unknown = JSON.parse(value);
    return Array.isArray(titles) && titles.every(isText) ? titles : null;
  } catch {
    // Not JSON.
    return null;
  }
}

/** What names an environment. */
export function isEnvironmentKey(value: unknown): value is EnvironmentKey {
  if (typeof value !== 'object' || value === null) return false;
  const { name, project, nodeMajor, platform, hash } = value as Record<string, unknown>;
  return [name, project, platform, hash].every(isText) && isCount(nodeMajor);
}
