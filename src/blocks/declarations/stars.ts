import type { AnyNode, Program } from 'acorn';
import { helperName, type Placed } from '../syntax/ancestry';
import { isNode } from '../syntax/nodes';

/** `export * from './other'`, as compilers write it in a CommonJS module. */
export interface Star {
  specifier: string;
  /** Whether it skips names that the module exports itself. */
  skipsOwn: boolean;
  /** Whether loading the module fails if two modules export the same name. */
  isStrict: boolean;
}

/** Functions that copy the exports of one module to another, except names that exist there already. */
const HELPERS: ReadonlySet<string> = new Set(['__exportStar', '_export_star']);

/** Finds the top-level statements that export everything from another module. */
export function readStars({ body }: Program, code: string): ReadonlyMap<AnyNode, Star> {
  const stars = new Map<AnyNode, Star>();
  const required = new Map<string, string>();
  for (const statement of body) {
    if (statement.type === 'VariableDeclaration')
      for (const { id, init } of statement.declarations) {
        const specifier = init ? requiredBy(init) : null;
        if (id.type === 'Identifier' && specifier !== null) required.set(id.name, specifier);
      }
    if (statement.type !== 'ExpressionStatement') continue;
    const star = starOfHelper(statement.expression) ?? starOfBabel(statement, code, required);
    if (star !== null) stars.set(statement, star);
  }
  return stars;
}

/** Whether a node is inside one of these statements. */
export function isInStar(place: Placed, stars: ReadonlyMap<AnyNode, Star>): boolean {
  if (stars.size === 0) return false;
  for (let at: Placed | null = place; at !== null; at = at.around)
    if (stars.has(at.node)) return true;
  return false;
}

/** The form that TypeScript and SWC write: a function that copies the names. */
function starOfHelper(call: AnyNode): Star | null {
  if (call.type !== 'CallExpression' || !HELPERS.has(helperName(call))) return null;
  const [from, to] = call.arguments;
  if (call.arguments.length !== 2 || to?.type !== 'Identifier' || to.name !== 'exports')
    return null;
  const specifier = isNode(from) ? requiredBy(from) : null;
  return specifier === null ? null : { specifier, skipsOwn: true, isStrict: false };
}

/** The specifier of a `require` call. Null for anything else. */
export function requiredBy(call: AnyNode): string | null {
  if (call.type !== 'CallExpression' || call.arguments.length !== 1) return null;
  const { callee } = call;
  const [argument] = call.arguments;
  if (callee.type !== 'Identifier' || callee.name !== 'require') return null;
  return argument?.type === 'Literal' && typeof argument.value === 'string' ? argument.value : null;
}

/** The form that Babel writes. Each sequence of white space is replaced by one space. */
const BABEL = new RegExp(
  [
    String.raw`^Object\.keys\((?<from>[\w$]+)\)\.forEach\(function \(key\) \{`,
    String.raw`if \(key === ["']default["'] \|\| key === ["']__esModule["']\) return;`,
    String.raw`(?<own>if \(Object\.prototype\.hasOwnProperty\.call\(_exportNames, key\)\) return; )?` +
      String.raw`if \(key in exports && exports\[key\] === \k<from>\[key\]\) return;`,
    String.raw`Object\.defineProperty\(exports, key, \{ enumerable: true,`,
    String.raw`get: function (?:get)?\(\) \{ return \k<from>\[key\]; \} \}\); \}\);?$`,
  ].join(' '),
);

function starOfBabel(
  { start, end }: AnyNode,
  code: string,
  required: ReadonlyMap<string, string>,
): Star | null {
  if (!code.startsWith('Object.keys(', start)) return null;
  const groups = BABEL.exec(code.slice(start, end).replaceAll(/\s+/g, ' '))?.groups;
  const specifier = required.get(groups?.['from'] ?? '');
  if (groups === undefined || specifier === undefined) return null;
  return { specifier, skipsOwn: groups['own'] !== undefined, isStrict: true };
}
