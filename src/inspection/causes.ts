import { presenceQuestion, type PresenceQuestion } from '../records/presence';
import { dependencyLabel } from '../selection/match';
import type { Dependency, DependencyKind } from '../store';

/** A changed dependency. */
export interface Cause {
  kind: DependencyKind;
  /** A path, the folder of a package, or the name of a variable. */
  name: string;
  /** A description for the user. */
  text: string;
}

/**
 * Describes a changed dependency for the user.
 * @param now The present value, if it is known.
 */
export function describeCause(dependency: Dependency, now: string | null): Cause {
  const { kind, name } = dependency;
  return { kind, name, text: textOf(dependency, now) };
}

/** What changed about a path that still exists, by what was asked of it. */
const CHANGES: Record<PresenceQuestion, string> = {
  exists: 'is now something else',
  leads: 'leads elsewhere',
  permits: 'has other permissions, or is or was a link',
};

function textOf(dependency: Dependency, now: string | null): string {
  const { kind, name, value } = dependency;
  const label = dependencyLabel(dependency);
  switch (kind) {
    case 'file':
      return now === null ? `the file ${name} is gone` : `the file ${name} changed`;
    case 'absent':
      return `${name} exists now, and did not before`;
    case 'present':
      return now === null ? `${name} is gone` : `${name} ${CHANGES[presenceQuestion(value)]}`;
    case 'listing':
      return `the folder ${label} has other entries`;
    case 'package': {
      if (now === null || now === '') return `the ${label} is no longer installed`;
      if (value === '') return `the ${label} was installed`;
      const [before, after] = [versionOf(value), versionOf(now)];
      if (before !== '' && after !== '' && before !== after)
        return `the ${label} went from ${before} to ${after}`;
      return `the ${[label, after].join(' ').trimEnd()} has other content, another patch, or finds other packages`;
    }
    case 'variable':
      return name === ''
        ? 'other environment variables are set'
        : `the environment variable ${name} has another value`;
    case 'manifest':
      return now === null
        ? `${name} is gone`
        : `${name} changed in fields that decide how its package's files are found`;
    case 'declared':
      return now === null
        ? `${name}, which other files are compiled with, is gone`
        : `${name}, which other files are compiled with, declares other names or types`;
    case 'pragmas':
      return `the docblock of ${name} changed`;
    case 'rivals':
      return (
        comingsAndGoings(value, now) ??
        `a file beside ${name} came or went that module resolution prefers`
      );
    case 'mocks':
      return comingsAndGoings(value, now) ?? `${label} came or went`;
    case 'always':
      return name === ''
        ? 'what it did to the file system could not be recorded'
        : value === 'read'
          ? `what it read from ${name} (a pipe, a socket or a device) cannot be watched`
          : `${name} asks to run always`;
  }
}

/** Says which paths of a list are gone and which are new. Returns null if that is unknown. */
function comingsAndGoings(before: string, now: string | null): string | null {
  if (now === null) return null;
  const [old, current] = [before, now].map(
    (list) => new Set(list.split('\n').map((file) => file.replace(/^\.\//, ''))),
  ) as [Set<string>, Set<string>];
  const told = [
    ...[...old]
      .filter((file) => file !== '' && !current.has(file))
      .map((file) => `${file} is gone`),
    ...[...current].filter((file) => file !== '' && !old.has(file)).map((file) => `${file} is new`),
  ];
  return told.length === 0 ? null : told.join(', ');
}

/**
 * Returns the version from a package's value. Its patches and nested packages follow after a `+`. Empty for a package
 * without a version, whose value is a hash of its content.
 */
function versionOf(value: string): string {
  return /^\d[^+]*\.[^+]*/.exec(value)?.[0] ?? '';
}
