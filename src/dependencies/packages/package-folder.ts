import * as path from 'node:path';

/** What package managers and tools keep for themselves in `node_modules`; others, as Prisma, generate code there. */
const KEPT =
  /^\.(?:bin|cache|pnpm|store|vite|vitest|yarn[\w.-]*|package-lock\.json|modules\.yaml)$/;

/**
 * The folder of the installed package a file belongs to: the innermost `node_modules/<name>` above it.
 * Empty for something in `node_modules` that is no package (`.bin`, `.cache`); null outside `node_modules`, and for
 * code that a tool generated there, which has no version.
 */
export function packageFolder(file: string): string | null {
  const marker = `${path.sep}node_modules${path.sep}`;
  const at = file.lastIndexOf(marker);
  if (at < 0) return null;
  const [first, second] = file.slice(at + marker.length).split(path.sep);
  if (first === undefined || first === '' || KEPT.test(first)) return '';
  if (first.startsWith('.')) return null;
  if (first.startsWith('@')) {
    return second === undefined ? '' : file.slice(0, at) + marker + first + path.sep + second;
  }
  return file.slice(0, at) + marker + first;
}
