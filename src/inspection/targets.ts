import * as path from 'node:path';
import { realPath, toStored } from '../dependencies/files/paths';

/** A file, and optionally a line, from the command line. */
export interface FileTarget {
  /** As typed, without the line. */
  text: string;
  /** Counts from 1. Null if no line was given. */
  line: number | null;
}

/** Parses `file`, `file:line` and `file:line:column`. The colon of a drive letter is no separator. */
export function parseTarget(text: string): FileTarget {
  const [, file = text, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(text) ?? [];
  return { text: file, line: line === undefined ? null : Number(line) };
}

/** Replaces backslashes, so that a path that was typed on Windows is found everywhere. */
export function withSlashes(text: string): string {
  return text.replace(/\\/g, '/');
}

/**
 * Finds the stored paths that a user means. An exact path wins. Otherwise returns the paths in the typed folder and
 * those that contain the text, or those that end with it if `ends` is true.
 * @param root Absolute real path of the root.
 * @param cwd Absolute path of the folder that relative paths refer to.
 */
export function findPaths(
  stored: Iterable<string>,
  text: string,
  root: string,
  cwd: string,
  ends = false,
): string[] {
  const all = [...stored];
  const wanted = storedPath(text, root, cwd);
  if (all.includes(wanted)) return [wanted];
  const typed = withSlashes(text).replace(/^\.\//, '');
  if (ends) return all.filter((name) => `/${name}`.endsWith(`/${typed}`));
  return all.filter((name) => name.startsWith(`${wanted}/`) || name.includes(typed));
}

/** Converts a typed path to a stored path. */
export function storedPath(text: string, root: string, cwd: string): string {
  const slashed = path.sep === '\\' ? text : withSlashes(text);
  return toStored(root, realPath(path.resolve(cwd, slashed)));
}
