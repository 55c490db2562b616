import type {
  DependencyKind,
  EnvironmentKey,
  FlakyOutcome,
  ModuleForm,
  TestOutcome,
  TestRunOutcome,
} from './types';

/**
 * Whether a value has the form of a stored path: relative, normalized, with forward slashes, and at most 4096
 * characters. It may begin with `..` segments, because the packages of a workspace can be outside of the root.
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

/** Matches nearly all paths: no segment is empty or begins with a dot. */
const PLAIN_PATH = /^[\w@-][\w@.-]*(?:\/[\w@-][\w@.-]*)*$/;

/** Whether a value can be the name of a dependency of this kind. */
export function isDependencyName(kind: DependencyKind, value: unknown): value is string {
  if (kind === 'variable' || kind === 'mocks')
    return typeof value === 'string' && value.length <= 4096 && !value.includes('\0');
  // The empty path is the root, which listings and lookups can refer to.
  return value === '' || value === '.' || isStoredPath(value);
}

/** A record, so that the compiler reports a missing kind. */
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

/** Whether a value is a kind of dependency. */
export function isDependencyKind(value: unknown): value is DependencyKind {
  return typeof value === 'string' && Object.hasOwn(KINDS, value);
}

/** Whether a value is a module form. */
export function isModuleForm(value: unknown): value is ModuleForm {
  return value === 'commonjs' || value === 'module' || value === 'node';
}

/** Whether a value is the outcome of a test. */
export function isTestOutcome(value: unknown): value is TestOutcome {
  return value === 'passed' || value === 'failed' || value === 'skipped' || value === 'todo';
}

/** Whether a value is the outcome of a test file. */
export function isRunOutcome(value: unknown): value is TestRunOutcome {
  return value === 'passed' || value === 'failed';
}

/** Whether a value is the outcome of a flaky test. */
export function isFlakyOutcome(value: unknown): value is FlakyOutcome {
  return value === 'passed' || value === 'failed' || value === 'retried';
}

/** Whether a value is a string. */
export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a value is a finite number. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whether a value is a row id, a count or a time: what our INTEGER columns contain. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A limit for foreign data. Malicious JSON can need a hundred times its size in memory. */
const MAX_TITLES_CHARACTERS = 1 << 22;

/** Parses the titles of a stored test name. Returns null if the value is invalid. */
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

/** Whether a value identifies an environment. */
export function isEnvironmentKey(value: unknown): value is EnvironmentKey {
  if (typeof value !== 'object' || value === null) return false;
  const { name, project, nodeMajor, platform, hash } = value as Record<string, unknown>;
  return [name, project, platform, hash].every(isText) && isCount(nodeMajor);
}
