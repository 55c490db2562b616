import { contentHash } from '../../dependencies/files/content';
import { kindAt, kindOf } from '../../dependencies/files/stats';
import { manifestValue } from '../../dependencies/packages/manifest';
import type { Dependency } from '../../records/types';
import { unwatched } from '../observer';

/*
 * What stands at a path now, as a dependency. These reads are not reported to anybody. `name` is the name that the
 * dependency gets, `file` the absolute path.
 */

/** The content of a file; that there is a folder, a pipe or a device; or that there is nothing. */
export function fileDependency(name: string, file: string): Dependency {
  try {
    const kind = kindOf(unwatched.statSync(file));
    if (kind !== 'file') return { kind: 'present', name, value: kind };
    return { kind: 'file', name, value: contentHash(unwatched.readFileSync(file)) };
  } catch {
    // It is missing, or may not be read: the code that looks at it finds nothing either.
    return { kind: 'absent', name, value: '' };
  }
}

/** Whether there is something at a path, whatever its content. */
export function presenceDependency(name: string, file: string): Dependency {
  const value = kindAt(file);
  return value === null ? { kind: 'absent', name, value: '' } : { kind: 'present', name, value };
}

/** What a package.json says of the files around it. Its absence is a value like any other. */
export function manifestDependency(name: string, file: string): Dependency {
  return { kind: 'manifest', name, value: manifestValue(file, unwatched.readFileSync) };
}
