import type { AnyNode, BlockStatement, Expression, Statement } from 'acorn';
import { isSmall } from './small';

/** What makes a block one: see "Blocks and fingerprints" in the design. No code runs in an `export`, or in a list of tests. */
export type BlockKind =
  'module' | 'function' | 'arm' | 'operand' | 'case' | 'loop' | 'catch' | 'export' | 'tests';

/** Where a block's probe goes. */
export interface ProbeSite {
  /**
   * - `module`: a prelude goes before it;
   * - `statement`: the probe stands before other statements;
   * - `braces`: one statement gets braces around it and the probe;
   * - `expression`: one expression gets parentheses around it and the probe;
   * - `none`: there is no probe.
   */
  style: 'module' | 'statement' | 'braces' | 'expression' | 'none';
  /** Offset of the probe. */
  start: number;
  /** Offset of the closing brace or parenthesis, where the style adds one. */
  end: number;
  /** True where the text before it is a directive that lacks its semicolon. */
  afterDirective: boolean;
}

/** A block-to-be: what kind, and where its probe goes. */
export interface BlockSite {
  kind: BlockKind;
  site: ProbeSite;
}

/**
 * Whether a child of a syntax node is a block of its own.
 * @param code The parsed text.
 * @returns Null where the child belongs to the block around it.
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
      // Parentheses would do no harm but the comma would: the function would lose its name (ECMAScript 13.15.2).
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

/** The site in front of a list of statements that stands between `start` and `end`, after its directives. */
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

/** Whether a statement means the same inside braces of its own. */
function takesBraces(statement: Statement, code: string): boolean {
  let inner = statement;
  while (inner.type === 'LabeledStatement') inner = inner.body;
  switch (inner.type) {
    case 'EmptyStatement':
      return false;
    case 'FunctionDeclaration':
      // ECMAScript B.3.3 and B.3.1: sloppy code allows a function where a statement stands.
      return false;
    case 'ExpressionStatement':
      // `if (a) let` uses a variable of that name, and what may follow it depends on line breaks.
      return !/^let\b/.test(code.slice(inner.start, inner.start + 4));
    default:
      return true;
  }
}
