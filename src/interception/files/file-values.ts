import { contentHash } from '../../dependencies/files/content';
import { deadLinkAt, kindAt, kindOf, permissionsAt } from '../../dependencies/files/stats';
import { manifestValue } from '../../dependencies/packages/manifest';
import type { Dependency } from '../../records/types';
import { unwatched } from '../observer';

/**
 * The present state of a path, as a dependency. These reads are not reported. `name` is the name of the dependency,
 * `file` the absolute path.
 */

/** The content of a file. Otherwise, that a folder, a pipe or a device exists, or that nothing does. */
export function fileDependency(name: string, file: string): Dependency {
  try {
    const kind = kindOf(unwatched.statSync(file));
    if (kind !== 'file') return { kind: 'present', name, value: kind };
    return { kind: 'file', name, value: contentHash(unwatched.readFileSync(file)) };
  } catch {
    // It is missing or unreadable. The code that looks at it finds nothing either.
    return nothingAt(name, file);
  }
}

/** Nothing exists at a path, or there is a link that leads to nothing. */
export function nothingAt(name: string, file: string): Dependency {
  const link = deadLinkAt(file);
  return link === null
    ? { kind: 'absent', name, value: '' }
    : { kind: 'present', name, value: link };
}

/** Whether a path exists, whatever its content, and perhaps what its owner may do with it. */
export function presenceDependency(
  name: string,
  file: string,
  seesPermissions = false,
): Dependency {
  const value = seesPermissions ? permissionsAt(file) : kindAt(file);
  return value === null ? nothingAt(name, file) : { kind: 'present', name, value };
}

/** What a package.json says about the files around it. A missing package.json is a value too. */
export function manifestDependency(name: string, file: string): Dependency {
  return { kind: 'manifest', name, value: manifestValue(file, unwatched.readFileSync) };
}
