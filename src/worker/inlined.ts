import fs from 'node:fs';
import path from 'node:path';
import { aliasesAt, forgetAliases } from '../dependencies/aliases';
import { contentHash } from '../dependencies/content';
import { forgetWorkspaces, importedFiles } from '../dependencies/imports';

/**
 * TypeScript writes the values of another file's `const enum` into the code that uses it, so a file depends on every
 * `const enum` that its imports reach, though nothing of it is loaded when the tests run.
 */

/** What one source says of this; looked at once per process and content. */
interface Source {
  declaresConstEnum: boolean;
  imports: string[];
  hash: string;
}

const sources = new Map<string, Source | null>();

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Whether a transformer compiles whole programs, and so inlines across files. */
export function inlinesAcrossFiles(transformer: string | null): boolean {
  return (
    transformer !== null &&
    /[\\/](ts-jest|jest-esbuild|rollup-jest|@angular-builders|jest-preset-angular)[\\/]/.test(
      transformer,
    )
  );
}

/**
 * The files with a `const enum` that a file's imports reach.
 * @param code The file's source.
 * @param file Absolute path.
 * @returns Absolute paths, sorted.
 */
export function reachableConstEnums(code: string, file: string): string[] {
  return TYPESCRIPT.test(file) ? reach(imports(code, file), file) : [];
}

/** The same for a file as it is now; none where it cannot be read. */
export function constEnumsIn(file: string): string[] {
  if (!TYPESCRIPT.test(file)) return [];
  const source = look(file);
  return source === null ? [] : reach(source.imports, file);
}

function reach(from: readonly string[], file: string): string[] {
  const found = new Set<string>();
  const seen = new Set([file]);
  const queue = [...from];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const source = TYPESCRIPT.test(next) ? look(next) : null;
    if (source === null) continue;
    if (source.declaresConstEnum) found.add(next);
    queue.push(...source.imports);
  }
  return [...found].sort();
}

/** What belongs into the cache key of a file that inlines from others. */
export function inlinedKey(files: readonly string[]): string {
  return files.map((file) => sources.get(file)?.hash ?? '').join();
}

/** Forgets what was seen, as files may have been edited since. */
export function forgetSources(): void {
  sources.clear();
  forgetAliases();
  forgetWorkspaces();
}

/** What the compiler finds for the imports of a source, by relative paths, aliases or names of the workspace. */
function imports(code: string, file: string): string[] {
  const folder = path.dirname(file);
  return importedFiles(code, folder, aliasesAt(folder));
}

function look(file: string): Source | null {
  let source = sources.get(file);
  if (source === undefined) {
    source = read(file);
    sources.set(file, source);
  }
  return source;
}

function read(file: string): Source | null {
  try {
    const text = fs.readFileSync(file, 'utf8');
    return {
      declaresConstEnum: /\bconst\s+enum\b/.test(text),
      imports: imports(text, file),
      hash: contentHash(text),
    };
  } catch {
    return null;
  }
}
