import type { AnyNode, Pattern } from 'acorn';

/**
 * The name that a function at `parent[key]` gets from the syntax around it, if any. It is for messages, so it follows
 * NamedEvaluation (ECMAScript 8.4.5) only roughly.
 * @param className The class around it, for the members of a class.
 */
export function nameFromParent(parent: AnyNode, key: string, className: string): string {
  switch (parent.type) {
    case 'VariableDeclarator':
      return key === 'init' ? nameOf(parent.id) : '';
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      return key === 'right' ? nameOf(parent.left) : '';
    case 'Property':
      return key === 'value' && !parent.computed ? nameOf(parent.key) : '';
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (key !== 'value' || parent.computed) return '';
      return className === '' ? nameOf(parent.key) : `${className}.${nameOf(parent.key)}`;
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return '';
  }
}

function nameOf(node: AnyNode): string {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'PrivateIdentifier':
      return `#${node.name}`;
    case 'Literal':
      return String(node.value);
    case 'MemberExpression':
      return node.computed ? '' : nameOf(node.property);
    default:
      return '';
  }
}

/** The names that a pattern binds: BoundNames, ECMAScript 8.2.1. */
export function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'Property' ? property.value : property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)));
    case 'RestElement':
      return boundNames(pattern.argument);
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'MemberExpression':
      return [];
  }
}

/** The names that a statement binds by `class`, `let` and `const`, for each of its declarations. */
export function lexicalNames(statement: AnyNode): string[][] {
  if (statement.type === 'ClassDeclaration') return statement.id ? [[statement.id.name]] : [];
  if (statement.type !== 'VariableDeclaration' || statement.kind === 'var') return [];
  return statement.declarations.map(({ id }) => boundNames(id));
}
