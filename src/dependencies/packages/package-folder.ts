import * as path from 'node:path';

/** Where package managers and tools keep their own files in `node_modules`. Other folders, such as Prisma's, hold code. */
const TOOL_FOLDER =
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
  if (first === undefined || first === '' || TOOL_FOLDER.test(first)) return '';
  if (first.startsWith('.')) return null;
  if (first.startsWith('@')) {
    return second === undefined ? '' : file.slice(0, at) + marker + first + path.sep + second;
  }
  return file.slice(0, at) + marker + first;
}
