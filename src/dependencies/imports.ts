import * as fs from 'node:fs';
import * as path from 'node:path';

const EXTENSIONS = [
  '',
  '.js',
  '.cjs',
  '.mjs',
  '.ts',
  '.cts',
  '.mts',
  '.jsx',
  '.tsx',
  '.json',
  '/index.js',
  '/index.ts',
];

/** Relative specifiers after `from`, `import` and `require(`; a comment that looks like one only adds a file. */
const SPECIFIER =
  /(?:\bfrom|\bimport|\brequire(?:\.resolve)?\s*\(|\bimport\s*\(|"extends"\s*:)\s*\[?\s*["'](\.{1,2}\/[^"']*)["']/g;

/**
 * The project's own files that a file of the tool chain (a global setup, a transformer, a config) is made of: itself
 * and what it imports by relative paths, at any depth.
 * @param files Absolute paths.
 * @returns Absolute paths of existing files, sorted.
 */
export function importClosure(files: Iterable<string>): string[] {
  const closure = new Set<string>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (closure.has(file)) continue;
    let source: string;
    try {
      source = fs.readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    closure.add(file);
    queue.push(...importedFiles(source, path.dirname(file)));
  }
  return [...closure].sort();
}

/**
 * The files that a source imports by relative paths.
 * @param folder Absolute path of the source's folder.
 * @returns Absolute paths of existing files.
 */
export function importedFiles(source: string, folder: string): string[] {
  return [...source.matchAll(SPECIFIER)].flatMap(([, specifier]) => {
    const target = specifier === undefined ? null : resolve(folder, specifier);
    return target ?? [];
  });
}

function resolve(folder: string, specifier: string): string | null {
  const base = path.resolve(folder, specifier);
  // TypeScript sources name their siblings by the extension of the output.
  const bases = [base, base.replace(/\.[cm]?js$/, '')];
  for (const candidate of bases.flatMap((start) =>
    EXTENSIONS.map((extension) => start + extension),
  )) {
    try {
      if (fs.statSync(candidate).isFile()) return candidate;
    } catch {
      // Not this spelling.
    }
  }
  return null;
}
