import type { AnyNode, BlockStatement, Expression, Statement } from 'acorn';
import { isSmall } from './small';

/**
 * The kinds of blocks. `docs/how-it-works.md` explains what a block is. No code runs in an `export` block, or in a
 * `tests` block, which lists tests.
 */
export type BlockKind =
  'module' | 'function' | 'arm' | 'operand' | 'case' | 'loop' | 'catch' | 'export' | 'tests';

/** Where the probe of a block is inserted. */
export interface ProbeSite {
  /**
   * - `module`: a prelude is inserted at the start
   * - `statement`: the probe is inserted before other statements
   * - `braces`: a single statement and the probe are put into braces
   * - `expression`: a single expression and the probe are put into parentheses
   * - `none`: there is no probe
   */
  style: 'module' | 'statement' | 'braces' | 'expression' | 'none';
  /** Offset of the probe. */
  start: number;
  /** Offset of the closing brace or parenthesis, if the style adds one. */
  end: number;
  /** True if the text before the probe is a directive without a semicolon. */
  afterDirective: boolean;
}

/** The kind of a future block, and where its probe is inserted. */
export interface BlockSite {
  kind: BlockKind;
  site: ProbeSite;
}

/**
 * Whether a child of a syntax node is a block of its own.
 * @param code The parsed text.
 * @returns Null if the child belongs to the block around it.
 */
export function blockSite(
  parent: AnyNode,
  key: string,
  child: AnyNode,
  code: string,
): BlockSite | null {
  switch (parent.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return key === 'body' ? { kind: 'function', site: bodySite(parent.body, code) } : null;
    case 'IfStatement':
      return key === 'test' ? null : statementBlock('arm', child as Statement, code);
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return key === 'body' ? statementBlock('loop', child as Statement, code) : null;
    case 'CatchClause':
      return key === 'body' ? statementBlock('catch', child as Statement, code) : null;
    case 'ConditionalExpression':
      return key === 'test' ? null : expressionBlock('arm', child);
    case 'LogicalExpression':
      return key === 'right' ? expressionBlock('operand', child) : null;
    case 'AssignmentExpression':
      if (key !== 'right' || !LOGICAL_ASSIGNMENTS.has(parent.operator)) return null;
      // A probe needs parentheses and a comma. With the comma, the function would lose its name (ECMAScript 13.15.2).
      if (parent.left.type === 'Identifier' && isAnonymousFunctionDefinition(child)) return null;
      return expressionBlock('operand', child);
    default:
      return null;
  }
}

const LOGICAL_ASSIGNMENTS: ReadonlySet<string> = new Set(['&&=', '||=', '??=']);

/** ECMAScript 8.4.3 IsAnonymousFunctionDefinition. */
function isAnonymousFunctionDefinition(node: AnyNode): boolean {
  switch (node.type) {
    case 'ArrowFunctionExpression':
      return true;
    case 'FunctionExpression':
    case 'ClassExpression':
      return node.id === null || node.id === undefined;
    default:
      return false;
  }
}

/** The site at the start of a list of statements between `start` and `end`, after its directives. */
export function listSite(
  statements: readonly AnyNode[],
  start: number,
  end: number,
  code: string,
): ProbeSite {
  let last: AnyNode | undefined;
  for (const statement of statements) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) {
      return before(last === undefined ? start : statement.start, end);
    }
    last = statement;
  }
  if (last === undefined) return before(start, end);
  return { ...before(last.end, end), afterDirective: code[last.end - 1] !== ';' };
}

/** Whether a function body starts with a directive. */
export function hasDirective(body: BlockStatement | Expression, directive: string): boolean {
  if (body.type !== 'BlockStatement') return false;
  for (const statement of body.body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return false;
    if (statement.directive === directive) return true;
  }
  return false;
}

function before(start: number, end: number): ProbeSite {
  return { style: 'statement', start, end, afterDirective: false };
}

function bodySite(body: BlockStatement | Expression, code: string): ProbeSite {
  return body.type === 'BlockStatement'
    ? listSite(body.body, body.start + 1, body.end - 1, code)
    : { style: 'expression', start: body.start, end: body.end, afterDirective: false };
}

function expressionBlock(kind: BlockKind, expression: AnyNode): BlockSite | null {
  if (isSmall(expression)) return null;
  const { start, end } = expression;
  return { kind, site: { style: 'expression', start, end, afterDirective: false } };
}

function statementBlock(kind: BlockKind, statement: Statement, code: string): BlockSite | null {
  const { start, end } = statement;
  if (statement.type === 'BlockStatement') return { kind, site: before(start + 1, end) };
  if (!takesBraces(statement, code)) return null;
  return { kind, site: { style: 'braces', start, end, afterDirective: false } };
}

/** Whether a statement keeps its meaning in braces. */
function takesBraces(statement: Statement, code: string): boolean {
  let inner = statement;
  while (inner.type === 'LabeledStatement') inner = inner.body;
  switch (inner.type) {
    case 'EmptyStatement':
      return false;
    case 'FunctionDeclaration':
      // ECMAScript B.3.3 and B.3.1: sloppy code allows a function in place of a statement.
      return false;
    case 'ExpressionStatement':
      // In `if (a) let`, `let` is a variable. What may follow it depends on line breaks.
      return !/^let\b/.test(code.slice(inner.start, inner.start + 4));
    default:
      return true;
  }
}
