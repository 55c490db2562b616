import * as path from 'node:path';

/**
 * Matches folders of package managers and tools in `node_modules`. Other folders with a dot, such as `.prisma`,
 * contain code.
 */
const TOOL_FOLDER =
  /^\.(?:bin|pnpm|store|vite|vitest|yarn[\w.-]*|package-lock\.json|modules\.yaml)$/;

/**
 * Returns the folder of the installed package that a file belongs to: the innermost `node_modules/<name>` above it.
 * @returns Empty for files in `node_modules` that belong to no package (`.bin`). Null outside of `node_modules`, and
 *   for what a tool generated there (`.prisma`, `.cache`), because it has no version.
 */
export function packageFolder(file: string): string | null {
  const marker = `${path.sep}node_modules${path.sep}`;
  const at = file.lastIndexOf(marker);
  if (at < 0) return null;
  const [first, second, third] = file.slice(at + marker.length).split(path.sep);
  // Yarn's store has each package in a folder of this name. Source: Yarn's `PnpmLinker`, `getPackagePaths`.
  if (first === '.store' && third === 'package' && second !== undefined)
    return file.slice(0, at) + marker + [first, second, third].join(path.sep);
  if (first === undefined || first === '' || TOOL_FOLDER.test(first)) return '';
  if (first.startsWith('.')) return null;
  if (first.startsWith('@')) {
    return second === undefined ? '' : file.slice(0, at) + marker + first + path.sep + second;
  }
  return file.slice(0, at) + marker + first;
}
