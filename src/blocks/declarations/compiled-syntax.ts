import type { AnyNode, Expression, SpreadElement } from 'acorn';
import { memberName } from '../syntax/ancestry';

/**
 * The parts of `"a ".concat(b, " c").concat(d)`, which compilers write for `a ${b} c${d}`.
 * @returns Null where a call is anything else.
 */
export function piecesOfText(call: AnyNode): (Expression | SpreadElement)[] | null {
  const pieces: (Expression | SpreadElement)[][] = [];
  let at = call;
  while (at.type === 'CallExpression' && !at.optional && memberName(at.callee) === 'concat') {
    const { callee } = at;
    if (callee.type !== 'MemberExpression' || callee.optional || callee.object.type === 'Super')
      return null;
    pieces.push(at.arguments);
    at = callee.object;
  }
  if (at.type !== 'Literal' || typeof at.value !== 'string') return null;
  return [at, ...pieces.reverse().flat()];
}
