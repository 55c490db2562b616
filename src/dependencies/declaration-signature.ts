import { afterQuoted, QUOTES, withoutComments } from './resolution/code-text';
import { contentHash, shortHash } from './files/content';

/**
 * A compiler of whole programs leaves out imports of what is a type alone, and writes down what kinds of types there
 * are (`emitDecoratorMetadata`). So the declarations of a source shape the output of those that import it, though the
 * source itself is never loaded.
 */

/** What of a source counts: which values it declares, or what its types are as well. */
export type DeclarationAspect = 'values' | 'types';

/** Declarations that are values. What a function declares inside is its own, so those of variables stand at the margin. */
const VALUES =
  /^(?:[ \t]*export\s+(?:default\s+)?)?(?:declare\s+)?(?:const|let|var)\s+[\w$]+|^[ \t]*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+|async\s+)?(?:const\s+enum|class|enum|namespace|module|function)\b[\s*]*[\w$]*/gm;

/*
 * Each search below ends where another clause of its kind begins. Otherwise a text with many clauses that never end is
 * read to its end for each of them.
 */

/** Clauses that export what is declared elsewhere. */
const EXPORTS =
  /\bexport\s*(?:(?:\*(?:\s*as\s+[\w$]+)?|\{(?:[^{}"']|"[^"\n]*"|'[^'\n]*')*\})(?:\s*from\s*["'][^"'\n]+["'])?|=\s*[\w$.]+|default\s+[\w$.]+)/g;

/** Clauses that import what may be exported again, `import fs = require('fs')` too. */
const IMPORTS =
  /\bimport\s+(?!type\b(?!\s*,|\s+from\b))(?=[\w$*{])(?:(?!\bimport\s+(?!as\b))(?:\{(?:[^{}"']|"[^"\n]*"|'[^'\n]*')*\}|[^;'"{]))*["'][^"'\n]+["']/g;

/** Other names for what stands in a namespace. */
const SHORT_NAMES = /\bimport\s+(?:type\s+)?[\w$]+\s*=\s*[\w$.]+/g;

/** Exports and imports of types alone. */
const TYPE_CLAUSES =
  /\b(?:import|export)\s+type\b\s*(?:\*(?:\s*as\s+[\w$]+)?|[\w$]*\s*,?\s*\{(?:[^{}"']|"[^"\n]*"|'[^'\n]*')*\}|[\w$]+)(?:\s*from\s*["'][^"'\n]+["'])?/g;

const TYPES = /\b(?:interface|type|enum|class)\s+[\w$]+/g;

/**
 * What is kept of a source that others are compiled with.
 * @param text The source.
 * @returns Its content hash, and what counts; see `declaresStill`.
 */
export function declarationSignature(text: string, aspect: DeclarationAspect): string {
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

function declarations(text: string, aspect: DeclarationAspect): string {
  const code = withoutComments(text);
  // What cannot be read counts as a whole.
  if (code === null) return contentHash(text);
  const found = clausesIn(code, aspect);
  if (aspect === 'types') found.push(...typesIn(code));
  return shortHash(found.sort().join('\n'));
}

/** What counts of the types that a source declares. No part of the source is gone through twice. */
function typesIn(code: string): string[] {
  const found: string[] = [];
  /** Up to where the text of a type is among what was found: nothing in it need be looked at again. */
  let covered = 0;
  /** The last interface, of which the kind alone was found. */
  let kind = { start: 0, end: 0 };
  const coverBy = (start: number, end: number): void => {
    found.push(code.slice(start, end).replace(/\s+/g, ' '));
    covered = end;
  };
  for (const { 0: head, index } of code.matchAll(TYPES)) {
    // No interface declares types. One that seems to may have ended before, so all of it counts.
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

/** What decides what an interface is at run time: what it extends, and whether it can be called. */
function kindOf(head: string, statement: string): string[] {
  const [heading = ''] = statement.split('{', 1);
  const isCalled = /[{};,\n]\s?[<(]/.test(withShortSpaces(statement));
  return [heading.replace(/\s+/g, ' ').trim(), ...(isCalled ? [`${head} ()`] : [])];
}

/** With one space, or one line break, in place of each run of them: a pattern that allows many would try each. */
function withShortSpaces(code: string): string {
  return code.replace(/\s+/g, (spaces) => (spaces.includes('\n') ? '\n' : ' '));
}

/** What begins another statement where it stands at the start of a line. */
const STATEMENT =
  /(?:@|(?:export|import|declare|type|interface|class|enum|const|let|var|function|namespace|module|abstract|async|if|for|while|return|throw|try|switch|do)\b(?!\s*[:?=,|&)]))|$/y;

/** Whether a line cannot be the end of a type. */
const UNFINISHED =
  /(?:[|&=?:,(<[{.]|=>|\b(?:keyof|typeof|readonly|unique|infer|extends|is|asserts|new|in))$/;

/**
 * A declaration to its end: a semicolon, a bracket that was opened before it, or a line after which a statement begins.
 * In doubt it goes on.
 * @param hasBody Whether it ends with what stands in braces.
 */
function statementAt(code: string, start: number, hasBody: boolean): string {
  let depth = 0;
  /** Behind the last character that is no space. */
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

/** Enough to hold the longest word that goes on. */
const WORD = 12;

function endsBefore(code: string, last: number, next: number): boolean {
  STATEMENT.lastIndex = next;
  return STATEMENT.test(code) && !UNFINISHED.test(code.slice(Math.max(0, last - WORD), last));
}
