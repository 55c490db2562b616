import * as fs from 'node:fs';
import { fromStored } from '../../dependencies/files/paths';
import { isFile } from '../../dependencies/files/stats';
import type { Inspection } from '../../inspection';
import { isOfFile } from '../../inspection/changes';
import { findPaths, parseTarget, storedPath } from '../../inspection/targets';
import { count } from '../../terminal/logger';
import { UnknownNameError } from './inspecting';

/**
 * Finds the file that the user means: an existing file, or a recorded file whose path ends with the text.
 * @throws {UnknownNameError} If there is none, or several, or the file has no such line.
 */
export function findFile(
  { request: { root }, projects }: Inspection,
  text: string,
): { file: string; line: number | null } {
  const { text: typed, line } = parseTarget(text);
  const direct = storedPath(typed, root, process.cwd());
  if (isFile(fromStored(root, direct))) {
    checkLine(fromStored(root, direct), direct, line);
    return { file: direct, line };
  }
  const known = new Set<string>();
  for (const { project } of projects) {
    for (const { path } of project.data?.versions.values() ?? []) known.add(path);
    for (const { kind, name } of project.data?.dependencies.values() ?? [])
      if (isOfFile(kind)) known.add(name);
  }
  const found = findPaths(known, typed, root, process.cwd(), true).sort();
  const [only] = found;
  if (only !== undefined && found.length === 1) {
    checkLine(fromStored(root, only), only, line);
    return { file: only, line };
  }
  throw new UnknownNameError(
    found.length === 0
      ? `there is no file ${typed}, seen from ${process.cwd()}, and no recorded one whose path ends so; name a file of this project.`
      : `${typed} could be any of ${found.slice(0, 5).join(', ')}${found.length > 5 ? ` and ${found.length - 5} more` : ''}; name one of them.`,
  );
}

function checkLine(absolute: string, file: string, line: number | null): void {
  if (line === null || !fs.existsSync(absolute)) return;
  const last = fs.readFileSync(absolute, 'utf8').split('\n').length;
  if (line < 1 || line > last)
    throw new UnknownNameError(`${file} has ${count(last, 'line')}, so there is no line ${line}.`);
}
