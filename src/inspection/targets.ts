import * as path from 'node:path';
import { realPath, toStored } from '../dependencies/files/paths';

/** A file, and perhaps a line, as named on a command line. */
export interface FileTarget {
  /** As it was typed, without the line. */
  text: string;
  /** From 1; null where the whole file is meant. */
  line: number | null;
}

/** Takes `file`, `file:line` and `file:line:column` apart; a drive letter is no line. */
export function parseTarget(text: string): FileTarget {
  const [, file = text, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(text) ?? [];
  return { text: file, line: line === undefined ? null : Number(line) };
}

/** A typed path with forward slashes, whatever the platform it was typed on. */
export function withSlashes(text: string): string {
  return text.replace(/\\/g, '/');
}

/**
 * Of some stored paths, those that a person means: the one at that path seen from a folder or, failing that, those
 * that hold the text, or end with it where `ends` is true.
 * @param root Absolute, real path of the root.
 * @param cwd Absolute folder that relative paths are seen from.
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

/** A typed path as it would be stored. */
export function storedPath(text: string, root: string, cwd: string): string {
  const slashed = path.sep === '\\' ? text : withSlashes(text);
  return toStored(root, realPath(path.resolve(cwd, slashed)));
}
