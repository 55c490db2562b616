import { createHash } from 'node:crypto';
import type { Form } from '../syntax/parse';

/** The global property that holds an object from metadata text to the `Uint8Array` of the file's blocks. */
export const REGISTRY = '__TESTMON__';

/** How the name of the variable that holds a file's array begins; `stripProbes` relies on it. */
export const VARIABLE_STEM = '__testmon_[0-9a-f]{8}';

/** The whole of its name: a suffix tells it from what else has that name. */
export const VARIABLE = `${VARIABLE_STEM}\\w*`;

/**
 * How the name of the variable that holds a file's array begins.
 * @param path The file's path in the metadata: the same file gets the same name.
 */
export function stemFor(path: string): string {
  return `__testmon_${createHash('sha1').update(path).digest('hex').slice(0, 8)}`;
}

/**
 * A name for the variable that holds a file's array.
 * @param path The file's path in the metadata: the same file gets the same name.
 * @param code The text it must not occur in.
 */
export function variableFor(path: string, code: string): string {
  const base = stemFor(path);
  let name = base;
  for (let suffix = 2; code.includes(name); suffix += 1) name = `${base}_${suffix}`;
  return name;
}

// Uses no global but `globalThis`: code may declare an `Object` of its own. Whatever goes wrong, the program runs on.
const FIND = `(function(m,n){try{var g=globalThis,r=g.${REGISTRY}||(g.${REGISTRY}={__proto__:null});return r[m]||(r[m]=new g.Uint8Array(n))}catch(e){return[]}})`;

/**
 * The code that finds or makes a file's array and marks the module's block.
 * @param metadata Text from `encodeMetadata`.
 */
export function prelude(form: Form, variable: string, metadata: string, blocks: number): string {
  const find = `${FIND}(${quote(metadata)},${blocks})`;
  if (form === 'commonjs') return `var ${variable}=${find};${variable}[0]=1;`;
  // Import cycles can call functions before the first statement, so the array is found by who comes first.
  const first = initialiser(variable);
  return `var ${variable}=${first}();function ${first}(){return ${variable}||(${variable}=${find})}${variable}[0]=1;`;
}

/** The function of an ES module that gives the array also before the first statement. */
export function initialiser(variable: string): string {
  return `${variable}_i`;
}

/** A string literal on one line; JSON leaves two line breaks unescaped. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (c) =>
    c === '\u2028' ? '\\u2028' : '\\u2029',
  );
}

/**
 * The metadata text in a file's probed code.
 * @returns Null where the code has no probes.
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
