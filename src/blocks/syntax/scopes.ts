import type { AnyNode, Pattern, Program } from 'acorn';
import { boundNames } from './names';
import { forEachChild } from './nodes';

/** What the names in a program can mean, as far as the top level is concerned. */
export interface OuterNames {
  /** Identifiers that no scope inside the module certainly binds. They may refer to a top-level name or to a global. */
  references: ReadonlySet<AnyNode>;
  /** Names that are assigned to after their declaration, in any scope. */
  assigned: ReadonlySet<string>;
  /** Whether `eval` or `with` can change the meaning of names. */
  isDynamic: boolean;
}

/**
 * Finds the names that refer to the top level of a program. If it is uncertain, a name counts. Example: a function in
 * a sloppy block may or may not hoist to the function around it (ECMAScript B.3.2.1).
 */
export function outerNames(program: Program): OuterNames {
  const walker = new ScopeWalker();
  walker.visitAll(program.body, null);
  const { references, assigned, isDynamic } = walker;
  return { references, assigned, isDynamic };
}

interface Scope {
  names: ReadonlySet<string>;
  around: Scope | null;
}

type AnyFunction = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

class ScopeWalker {
  readonly references = new Set<AnyNode>();
  readonly assigned = new Set<string>();
  isDynamic = false;

  visitAll(nodes: readonly (AnyNode | null)[], scope: Scope | null): void {
    for (const node of nodes) if (node !== null) this.visit(node, scope);
  }

  visit(node: AnyNode, scope: Scope | null): void {
    switch (node.type) {
      case 'Identifier':
        return this.#refer(node, scope);
      case 'BinaryExpression':
      case 'LogicalExpression': {
        // This does not use recursion, because `a + b + c + …` would overflow the stack.
        let left: AnyNode = node;
        while (left.type === 'BinaryExpression' || left.type === 'LogicalExpression') {
          this.visit(left.right, scope);
          left = left.left;
        }
        return this.visit(left, scope);
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#visitFunction(node, scope);
      case 'ClassDeclaration':
      case 'ClassExpression': {
        if (node.id) this.visit(node.id, scope);
        const inner = node.id ? within(scope, [node.id.name]) : scope;
        if (node.superClass) this.visit(node.superClass, inner);
        return this.visit(node.body, inner);
      }
      case 'BlockStatement':
        return this.visitAll(node.body, within(scope, lexicalNames(node.body)));
      case 'StaticBlock':
        return this.visitAll(
          node.body,
          within(scope, [...lexicalNames(node.body), ...varNames(node.body), 'arguments']),
        );
      case 'ForStatement':
        return this.#visitFields(node, within(scope, node.init ? lexicalNames([node.init]) : []));
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type !== 'VariableDeclaration') this.#assign(node.left);
        return this.#visitFields(node, within(scope, lexicalNames([node.left])));
      case 'SwitchStatement': {
        this.visit(node.discriminant, scope);
        const statements = node.cases.flatMap(({ consequent }) => consequent);
        return this.visitAll(node.cases, within(scope, lexicalNames(statements)));
      }
      case 'CatchClause':
        return this.#visitFields(node, within(scope, node.param ? boundNames(node.param) : []));
      case 'AssignmentExpression':
        this.#assign(node.left);
        break;
      case 'UpdateExpression':
        this.#assign(node.argument);
        break;
      case 'WithStatement':
        this.isDynamic = true;
        break;
      default:
    }
    this.#visitFields(node, scope);
  }

  #visitFunction(node: AnyFunction, scope: Scope | null): void {
    if (node.type === 'FunctionDeclaration' && node.id !== null) this.visit(node.id, scope);
    const own = node.type === 'FunctionExpression' && node.id ? [node.id.name] : [];
    if (node.type !== 'ArrowFunctionExpression') own.push('arguments');
    const head = within(scope, [...own, ...node.params.flatMap(boundNames)]);
    this.visitAll(node.params, head);
    if (node.body.type !== 'BlockStatement') return this.visit(node.body, head);
    // A default value cannot use names that the body declares: ECMAScript 10.2.11.
    const { body } = node.body;
    this.visitAll(body, within(head, [...lexicalNames(body), ...varNames(body)]));
  }

  #visitFields(node: AnyNode, scope: Scope | null): void {
    forEachChild(
      node,
      (child) => this.visit(child, scope),
      (key) => isMereName(node, key),
    );
  }

  #refer(node: AnyNode & { name: string }, scope: Scope | null): void {
    for (let at = scope; at !== null; at = at.around) if (at.names.has(node.name)) return;
    this.references.add(node);
    if (node.name === 'eval') this.isDynamic = true;
  }

  #assign(target: AnyNode): void {
    for (const name of boundNames(target as Pattern)) this.assigned.add(name);
  }
}

function within(around: Scope | null, names: readonly string[]): Scope | null {
  return names.length === 0 ? around : { names: new Set(names), around };
}

/**
 * Whether an identifier in a field is only a name, such as that of a property or a label, and refers to no variable.
 */
function isMereName(node: AnyNode, key: string): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return key === 'property' && !node.computed;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return key === 'key' && !node.computed;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return key === 'label';
    case 'ImportSpecifier':
      return key === 'imported';
    case 'ExportSpecifier':
      return key === 'exported';
    case 'ExportAllDeclaration':
      return key === 'exported';
    case 'MetaProperty':
      return true;
    default:
      return false;
  }
}

/** Names that a list of statements binds in its own scope: LexicallyDeclaredNames, ECMAScript 8.2.4. */
export function lexicalNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((statement) => {
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var')
      return statement.declarations.flatMap(({ id }) => boundNames(id));
    const isDeclaration =
      statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration';
    return isDeclaration && statement.id !== null ? [statement.id.name] : [];
  });
}

/** Names that `var` binds in a list of statements and in nested statements: VarDeclaredNames, ECMAScript 8.2.6. */
export function varNames(statements: readonly AnyNode[]): string[] {
  const names: string[] = [];
  const search = (node: AnyNode): void => {
    if (node.type === 'VariableDeclaration') {
      if (node.kind === 'var') names.push(...node.declarations.flatMap(({ id }) => boundNames(id)));
    } else forEachStatementIn(node, search);
  };
  statements.forEach(search);
  return names;
}

/** Names of functions that are declared in blocks. They may hoist to the top of the statements (ECMAScript B.3.2.1). */
export function blockFunctionNames(statements: readonly AnyNode[]): string[] {
  const names: string[] = [];
  const search = (node: AnyNode): void => {
    if (node.type === 'FunctionDeclaration') {
      if (node.id !== null) names.push(node.id.name);
    } else forEachStatementIn(node, search);
  };
  for (const statement of statements)
    if (statement.type !== 'FunctionDeclaration') search(statement);
  return names;
}

/** Visits the parts of a statement. Other nodes that contain statements are functions and classes. */
function forEachStatementIn(node: AnyNode, visit: (child: AnyNode) => void): void {
  const holdsStatements =
    node.type.endsWith('Statement') || node.type === 'SwitchCase' || node.type === 'CatchClause';
  if (holdsStatements) forEachChild(node, visit);
}
