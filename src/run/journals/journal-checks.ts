import {
  isCount,
  isDependencyKind,
  isDependencyName,
  isNumber,
  isRunOutcome,
  isStoredPath,
  isTestOutcome,
  isText,
} from '../../records/checks';
import type { Dependency } from '../../records/types';
import type { JournalFootprint, JournalLine, JournalTest } from './journal-lines';

/**
 * Checks that a parsed line of a journal has a known shape.
 *
 * The journals of a killed run are read by a later run, perhaps of another version, and their content is written into
 * the database.
 * @param value Any value that JSON can represent.
 * @returns The line, or null if it is not one of ours.
 */
export function asJournalLine(value: unknown): JournalLine | null {
  if (!isObject(value)) return null;
  return CHECKS.some((isLine) => isLine(value)) ? (value as unknown as JournalLine) : null;
}

const CHECKS = [isNames, isStart, isEnd, isVerdict, isConcluded, isBackground];

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isNames(line: Fields): boolean {
  const { type, firstVersion, versions, firstDependency, dependencies } = line;
  return (
    type === 'names' &&
    isCount(firstVersion) &&
    Array.isArray(versions) &&
    versions.every(isText) &&
    isCount(firstDependency) &&
    Array.isArray(dependencies) &&
    dependencies.every(isDependency)
  );
}

function isDependency(value: unknown): value is Dependency {
  if (!isObject(value)) return false;
  const { kind, name, value: of } = value;
  return isDependencyKind(kind) && isDependencyName(kind, name) && isText(of);
}

function isStart(line: Fields): boolean {
  return line.type === 'start' && namesTestFile(line);
}

function isEnd(line: Fields): boolean {
  const { type, outcome, complete, duration, shared, tests, coverage, scripts } = line;
  return (
    type === 'end' &&
    namesTestFile(line) &&
    isRunOutcome(outcome) &&
    typeof complete === 'boolean' &&
    isNumber(duration) &&
    isFootprint(shared) &&
    Array.isArray(tests) &&
    tests.every(isTest) &&
    (coverage === undefined || (Array.isArray(coverage) && coverage.every(isCovered))) &&
    (scripts === undefined || areScripts(scripts))
  );
}

function isCovered(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [version, bits] = value as unknown[];
  return isCount(version) && isText(bits);
}

function areScripts(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { key, files } = value;
  return isText(key) && Array.isArray(files) && files.every(isScript);
}

function isScript(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [path, packed] = value as unknown[];
  return isStoredPath(path) && isText(packed);
}

function isVerdict(line: Fields): boolean {
  return line.type === 'verdict' && namesTestFile(line) && typeof line.passed === 'boolean';
}

function isConcluded(line: Fields): boolean {
  return (
    line.type === 'concluded' &&
    isNumber(line.at) &&
    (line.distrust === 'nobody' || line.distrust === 'inBand' || line.distrust === 'everybody')
  );
}

function isBackground({ type, environmentId, dependency }: Fields): boolean {
  return type === 'background' && isCount(environmentId) && isDependency(dependency);
}

function namesTestFile({ environmentId, path, at }: Fields): boolean {
  return isCount(environmentId) && isStoredPath(path) && isNumber(at);
}

function isTest(value: unknown): value is JournalTest {
  if (!isObject(value)) return false;
  const { name, ordinal, outcome, duration } = value;
  return (
    Array.isArray(name) &&
    name.every(isText) &&
    isCount(ordinal) &&
    isTestOutcome(outcome) &&
    isNumber(duration) &&
    isFootprint(value)
  );
}

function isFootprint(value: unknown): value is JournalFootprint {
  if (!isObject(value)) return false;
  const { blocks, dependencies } = value;
  return isText(blocks) && isText(dependencies);
}
