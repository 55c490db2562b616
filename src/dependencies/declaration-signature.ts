import { afterQuoted, QUOTES, withoutComments } from './resolution/code-text';
import { contentHash, shortHash } from './files/content';

/**
 * The declarations of a source that shape the compiled output of its importers.
 *
 * A compiler that knows the whole program, such as ts-jest, removes imports of types and writes type information for
 * decorators (`emitDecoratorMetadata`). So the output of a file depends on the declarations of its imports, even if
 * these are never loaded.
 */

/** Which declarations count: only which values there are, or also what the types are. */
export type DeclarationAspect = 'values' | 'types';

/**
 * Declarations of values. `const`, `let` and `var` only count without indentation, because indented ones are local to
 * a function.
 */
const VALUES =
  /^(?:[ \t]*export\s+(?:default\s+)?)?(?:declare\s+)?(?:const|let|var)\s+[\w$]+|^[ \t]*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+|async\s+)?(?:const\s+enum|class|enum|namespace|module|function)\b[\s*]*[\w$]*/gm;

/**
 * Each pattern below stops where another clause of its kind begins. Otherwise, in a text with many unfinished
 * clauses, each of them would be searched to the end of the text.
 */

/** Clauses that export something declared elsewhere. */
const EXPORTS =
  /\bexport\s*(?:(?:\*(?:\s*as\s+[\w$]+)?|\{(?:[^{}"']|"[^"\n]*"|'[^'\n]*')*\})(?:\s*from\s*["'][^"'\n]+["'])?|=\s*[\w$.]+|default\s+[\w$.]+)/g;

/** Clauses that import something that may be exported again, including `import fs = require('fs')`. */
const IMPORTS =
  /\bimport\s+(?!type\b(?!\s*,|\s+from\b))(?=[\w$*{])(?:(?!\bimport\s+(?!as\b))(?:\{(?:[^{}"']|"[^"\n]*"|'[^'\n]*')*\}|[^;'"{]))*["'][^"'\n]+["']/g;

/** Aliases of members of a namespace: `import A = B.C`. */
const SHORT_NAMES = /\bimport\s+(?:type\s+)?[\w$]+\s*=\s*[\w$.]+/g;

/** Exports and imports of types only. */
const TYPE_CLAUSES =
  /\b(?:import|export)\s+type\b\s*(?:\*(?:\s*as\s+[\w$]+)?|[\w$]*\s*,?\s*\{(?:[^{}"']|"[^"\n]*"|'[^'\n]*')*\}|[\w$]+)(?:\s*from\s*["'][^"'\n]+["'])?/g;

const TYPES = /\b(?:interface|type|enum|class)\s+[\w$]+/g;

/**
 * Returns what a record stores about a source that others are compiled with.
 * @param text The source.
 * @returns Its content hash, the aspect, and a hash of its declarations; see `declaresStill`.
 */
export function declarationSignature(text: string, aspect: DeclarationAspect): string {
  return `${contentHash(text)} ${aspect} ${declarations(text, aspect)}`;
}

/**
 * Whether a source still has the recorded declarations.
 * @param value A value from `declarationSignature`.
 * @param hash The content hash of the source now. Null if it is gone.
 * @param read Reads the source. Only called if the content hash differs.
 */
export function declaresStill(value: string, hash: string | null, read: () => string): boolean {
  const [before, aspect, declared] = value.split(' ');
  if (hash === null) return false;
  return (
    hash === before || declarations(read(), aspect === 'types' ? 'types' : 'values') === declared
  );
}

function declarations(text: string, aspect: DeclarationAspect): string {
  const code = withoutComments(text);
  // If the source cannot be tokenized, all of it counts.
  if (code === null) return contentHash(text);
  const found = clausesIn(code, aspect);
  if (aspect === 'types') found.push(...typesIn(code));
  return shortHash(found.sort().join('\n'));
}

/** Returns the parts of type declarations that count. Each part of the source is read only once. */
function typesIn(code: string): string[] {
  const found: string[] = [];
  /** Everything before this offset is part of the result, so declarations in it are skipped. */
  let covered = 0;
  /** The last interface, of which only the heading was taken. */
  let kind = { start: 0, end: 0 };
  const coverBy = (start: number, end: number): void => {
    found.push(code.slice(start, end).replace(/\s+/g, ' '));
    covered = end;
  };
  for (const { 0: head, index } of code.matchAll(TYPES)) {
    // An interface cannot contain type declarations. If it seems to, its end was found too late, and so all of it
    // counts.
    if (index < kind.end && index >= covered) coverBy(kind.start, kind.end);
    if (index < covered) continue;
    if (head.startsWith('class')) {
      found.push(head);
      continue;
    }
    const statement = statementAt(code, index, !head.startsWith('type'));
    const end = index + statement.length;
    if (head.startsWith('interface')) {
      found.push(...kindOf(head, statement));
      kind = { start: index, end };
    } else coverBy(index, end);
  }
  return found;
}

function clausesIn(code: string, aspect: DeclarationAspect): string[] {
  const clauses = [...code.matchAll(EXPORTS)];
  if (aspect === 'types') {
    clauses.push(...code.matchAll(TYPE_CLAUSES), ...code.matchAll(SHORT_NAMES));
    clauses.push(...code.matchAll(IMPORTS));
  } else if (clauses.length > 0) clauses.push(...code.matchAll(IMPORTS));
  return [...code.matchAll(VALUES), ...clauses].map(([match]) => match.replace(/\s+/g, ' ').trim());
}

/** Returns what decides how an interface appears at run time: what it extends, and whether it can be called. */
function kindOf(head: string, statement: string): string[] {
  const [heading = ''] = statement.split('{', 1);
  const isCalled = /[{};,\n]\s?[<(]/.test(withShortSpaces(statement));
  return [heading.replace(/\s+/g, ' ').trim(), ...(isCalled ? [`${head} ()`] : [])];
}

/** Shortens whitespace to one space or one line break, so that the patterns for it do not backtrack. */
function withShortSpaces(code: string): string {
  return code.replace(/\s+/g, (spaces) => (spaces.includes('\n') ? '\n' : ' '));
}

/** Matches the beginning of another statement at the start of a line. */
const STATEMENT =
  /(?:@|(?:export|import|declare|type|interface|class|enum|const|let|var|function|namespace|module|abstract|async|if|for|while|return|throw|try|switch|do)\b(?!\s*[:?=,|&)]))|$/y;

/** Matches the end of a line after which a type continues. */
const UNFINISHED =
  /(?:[|&=?:,(<[{.]|=>|\b(?:keyof|typeof|readonly|unique|infer|extends|is|asserts|new|in))$/;

/**
 * Returns a declaration up to its end. It ends at a semicolon, at the closing bracket of an enclosing pair, or before
 * a line that begins another statement. In doubt it continues.
 * @param hasBody Whether the declaration ends with a block in braces.
 */
function statementAt(code: string, start: number, hasBody: boolean): string {
  let depth = 0;
  /** The offset after the last character that is not a space. */
  let last = start;
  for (let at = start; at < code.length; at += 1) {
    const char = code.charAt(at);
    if (QUOTES.includes(char)) {
      at = afterQuoted(code, at) - 1;
    } else if ('([{'.includes(char)) {
      depth += 1;
    } else if (')]}'.includes(char)) {
      depth -= 1;
      if (depth < 0) return code.slice(start, at);
      if (
        hasBody &&
        depth === 0 &&
        char === '}' &&
        !'>,{&|.['.includes(code.charAt(afterSpaces(code, at + 1)) || ' ')
      )
        return code.slice(start, at + 1);
    } else if (depth === 0 && char === ';') {
      return code.slice(start, at);
    } else if (depth === 0 && char === '\n') {
      const next = afterSpaces(code, at);
      if (endsBefore(code, last, next)) return code.slice(start, last);
      at = next - 1;
      continue;
    }
    if (char !== ' ' && char !== '\t' && char !== '\r') last = at + 1;
  }
  return code.slice(start);
}

function afterSpaces(code: string, start: number): number {
  SPACES.lastIndex = start;
  SPACES.test(code);
  return SPACES.lastIndex;
}

const SPACES = /\s*/y;

/**
 * The number of characters to check before a line break: the longest word after which a type continues, and some
 * more.
 */
const MAX_WORD_CHARACTERS = 12;

function endsBefore(code: string, last: number, next: number): boolean {
  STATEMENT.lastIndex = next;
  return (
    STATEMENT.test(code) &&
    !UNFINISHED.test(code.slice(Math.max(0, last - MAX_WORD_CHARACTERS), last))
  );
}
