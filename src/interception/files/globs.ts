import path from 'node:path';
import type { Sink } from '../sink';
import { entriesOf } from './entries';
import { asPath, option, type Report } from './operations';

/** Lists the folders in which a pattern looks, down to the depth of the pattern. */
export const globs: Report = (to, _cwd, [patterns, options]) => {
  const cwd = asPath(option(options, 'cwd')) ?? process.cwd();
  for (const pattern of [patterns].flat()) {
    if (typeof pattern !== 'string') continue;
    const parts = pattern.split(/[\\/]/);
    const first = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
    if (first < 0) {
      to.looked(path.resolve(cwd, pattern));
      continue;
    }
    const start = path.resolve(cwd, parts.slice(0, first).join('/') || (first > 0 ? '/' : '.'));
    const depth = /\*\*|\{/.test(pattern) ? Infinity : parts.length - first;
    listBelow(to, start, depth, !pattern.includes('node_modules'));
  }
};

function listBelow(to: Sink, folder: string, depth: number, skipsPackages: boolean): void {
  to.listed(folder);
  if (depth <= 1) return;
  for (const { path: below, isFolder } of entriesOf(folder)) {
    const name = path.basename(below);
    if (isFolder && name !== '.git' && !(skipsPackages && name === 'node_modules'))
      listBelow(to, below, depth - 1, skipsPackages);
  }
}
