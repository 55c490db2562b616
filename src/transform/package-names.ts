import { referencesIn } from '../dependencies/resolution/imports';

/** What a source names of packages, as it is written there. A declaration file also names its own siblings. */
export interface PackageNames {
  /** All names, also of types only. */
  all: readonly string[];
  /** Those from which one of its exports may come. */
  exported: readonly string[];
}

/** Matches an export of names, or of everything, from another module. */
const EXPORT_FROM =
  /\bexport\s*(?:type\b\s*)?(?:\*[^;'"\n]*?|\{[^{}'"]*\}\s*)\bfrom\s*["']([^"'\n]+)["']/g;

/** Matches an export of something that is declared or imported elsewhere in the source. */
const EXPORT_LIST =
  /\bexport\s*(?:(?:type\b\s*)?\{[^{}]*\}(?!\s*from\b)|=|import\b|default\s+[\w$.]+\s*(?:;|$))/m;

/** Returns the names of packages in a source. */
export function namesIn(source: string): PackageNames {
  const all = referencesIn(source).filter((name) => !isOwn(name));
  const exported = EXPORT_LIST.test(source)
    ? all
    : exportedFrom(source).filter((name) => !isOwn(name));
  return { all: [...new Set(all)], exported: [...new Set(exported)] };
}

/**
 * Returns what a declaration file names.
 * @param text Its content.
 */
export function namesInDeclarations(text: string): PackageNames {
  const all = [...new Set(referencesIn(text))];
  return { all, exported: EXPORT_LIST.test(text) ? all : exportedFrom(text) };
}

function exportedFrom(source: string): string[] {
  return [...source.matchAll(EXPORT_FROM)].map(([, name = '']) => name);
}

/** Whether a specifier leads to a module of the project itself. */
function isOwn(name: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$|#|node:)/.test(name);
}
