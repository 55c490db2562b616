import { contentHash, shortHash } from './content';

/**
 * A compiler of whole programs leaves out imports of what is a type alone, and writes down what kinds of types there
 * are (`emitDecoratorMetadata`). So the declarations of a source shape the output of those that import it, though the
 * source itself is never loaded.
 */

/** What of a source counts: which values it declares, or what its types are as well. */
export type Aspect = 'values' | 'types';

/** Declarations that are values. What a function declares inside is its own, so those of variables stand at the margin. */
const VALUES =
  /^(?:[ \t]*export\s+(?:default\s+)?)?(?:declare\s+)?(?:const|let|var)\s+[\w$]+|^[ \t]*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+|async\s+)?(?:const\s+enum|class|enum|namespace|module|function)\b[\s*]*[\w$]*/gm;

/** Clauses that export what is declared elsewhere. */
const EXPORTS =
  /\bexport\s*(?:(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})(?:\s*from\s*["'][^"'\n]+["'])?|=\s*[\w$.]+|default\s+[\w$.]+)/g;

/** Clauses that import what may be exported again. */
const IMPORTS = /\bimport\s+(?!type\b(?!\s*,|\s+from\b))[\w$*{][^;'"]*["'][^"'\n]+["']/g;

const TYPES = /\b(?:interface|type|enum|class)\s+[\w$]+/g;

/**
 * What is kept of a source that others are compiled with.
 * @param text The source.
 * @returns Its content hash, and what counts; see `declaresStill`.
 */
export function declaredValue(text: string, aspect: Aspect): string {
  return `${contentHash(text)} ${aspect} ${declarations(text, aspect)}`;
}

/**
 * Whether a source still declares what it did.
 * @param value As `declaredValue` gave it.
 * @param hash The content hash of the source now; null where it is gone.
 * @param read Reads the source now.
 */
export function declaresStill(value: string, hash: string | null, read: () => string): boolean {
  const [before, aspect, declared] = value.split(' ');
  if (hash === null) return false;
  return (
    hash === before || declarations(read(), aspect === 'types' ? 'types' : 'values') === declared
  );
}

function declarations(text: string, aspect: Aspect): string {
  const clauses = [...text.matchAll(EXPORTS)];
  if (clauses.length > 0) clauses.push(...text.matchAll(IMPORTS));
  const found = [...text.matchAll(VALUES), ...clauses].map(([match]) =>
    match.replace(/\s+/g, ' ').trim(),
  );
  if (aspect === 'types') {
    for (const { 0: head, index } of text.matchAll(TYPES)) found.push(...kindOf(head, text, index));
  }
  return shortHash(found.sort().join('\n'));
}

/** What decides what a type is at run time: Object, String, Number, Function, a class and so on. */
function kindOf(head: string, text: string, start: number): string[] {
  if (head.startsWith('class')) return [head];
  const statement = statementAt(text, start);
  // Of an interface, it counts whether it can be called.
  return head.startsWith('interface')
    ? [head, ...(/[{;,\n]\s*(?:<[^>]*>\s*)?\(/.test(statement) ? [`${head} ()`] : [])]
    : [statement.replace(/\s+/g, ' ')];
}

/** A declaration to its end: a closing brace, a semicolon, or a line after which nothing goes on. */
function statementAt(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) {
      depth -= 1;
      if (depth < 0) return text.slice(start, at);
    }
    if (depth > 0) continue;
    if (char === ';') return text.slice(start, at);
    if (char === '\n' && !goesOn(text, start, at)) return text.slice(start, at);
  }
  return text.slice(start);
}

function goesOn(text: string, start: number, at: number): boolean {
  return /[|&=?:,(<]\s*$/.test(text.slice(start, at)) || /^\s*[|&=?:,{[<)]/.test(text.slice(at));
}
