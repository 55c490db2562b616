import { createHash } from 'node:crypto';
import type { Form } from '../syntax/parse';

/**
 * The global property that holds the arrays of all files: an object from metadata text to the `Uint8Array` of the
 * file's blocks.
 */
export const REGISTRY = '__TESTMON__';

/** Matches the start of the name of the variable that holds a file's array. `stripProbes` relies on it. */
export const VARIABLE_STEM = '__testmon_[0-9a-f]{8}';

/** Matches the whole name. A suffix distinguishes it from the same name elsewhere in the code. */
export const VARIABLE = `${VARIABLE_STEM}\\w*`;

/**
 * Returns the start of the name of the variable that holds a file's array.
 * @param path The path in the file's metadata. The same file gets the same name.
 */
export function stemFor(path: string): string {
  return `__testmon_${createHash('sha1').update(path).digest('hex').slice(0, 8)}`;
}

/**
 * Returns a name for the variable that holds a file's array.
 * @param path The path in the file's metadata. The same file gets the same name.
 * @param code The text that must not contain the name.
 */
export function variableFor(path: string, code: string): string {
  const base = stemFor(path);
  let name = base;
  for (let suffix = 2; code.includes(name); suffix += 1) name = `${base}_${suffix}`;
  return name;
}

// This uses no global except `globalThis`, because code may declare its own `Object`. If anything fails, the program
// still runs.
const FIND = `(function(m,n){try{var g=globalThis,r=g.${REGISTRY}||(g.${REGISTRY}={__proto__:null});return r[m]||(r[m]=new g.Uint8Array(n))}catch(e){return[]}})`;

/**
 * Returns the code that finds or creates a file's array and marks the module's block.
 * @param metadata The text from `encodeMetadata`.
 */
export function prelude(form: Form, variable: string, metadata: string, blocks: number): string {
  const find = `${FIND}(${quote(metadata)},${blocks})`;
  if (form === 'commonjs') return `var ${variable}=${find};${variable}[0]=1;`;
  // An import cycle can call functions before the first statement. So the first code that needs the array finds it.
  const first = initialiser(variable);
  return `var ${variable}=${first}();function ${first}(){return ${variable}||(${variable}=${find})}${variable}[0]=1;`;
}

/** The name of a function in an ES module. The function returns the array, even before the first statement. */
export function initialiser(variable: string): string {
  return `${variable}_i`;
}

/** Returns a string literal on one line. JSON does not escape two kinds of line breaks. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (c) =>
    c === '\u2028' ? '\\u2028' : '\\u2029',
  );
}

/**
 * Finds the metadata text in the code of a file with probes.
 * @returns Null if the code has no probes.
 */
export function findMetadata(code: string): string | null {
  const call = code.indexOf(`${FIND}("`);
  if (call === -1) return null;
  LITERAL.lastIndex = call + FIND.length + 1;
  const [literal] = LITERAL.exec(code) ?? [];
  try {
    return literal === undefined ? null : (JSON.parse(literal) as string);
  } catch {
    // The text only looks like our prelude.
    return null;
  }
}

const LITERAL = /"(?:[^"\\]|\\.)*"/y;
