import type {
  AnyNode,
  ClassDeclaration,
  FunctionDeclaration,
  Program,
  VariableDeclaration,
} from 'acorn';
import { blockFunctionNames, lexicalNames, varNames } from '../syntax/scopes';

/** Statements that declare names. */
export type Declared = FunctionDeclaration | ClassDeclaration | VariableDeclaration;

/** The declaration that a statement is or exports by name. */
export function declarationIn(statement: AnyNode): Declared | null {
  const declared =
    statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement;
  switch (declared.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      // `export default` may have no name. It is not a declaration here.
      return declared as FunctionDeclaration | ClassDeclaration;
    case 'VariableDeclaration':
      return declared;
    default:
      return null;
  }
}

/** Whether the name of an import or an export is an identifier, and not a text as in `export { a as 'b c' }`. */
export function isNamed<T extends AnyNode>(name: T): name is T & { type: 'Identifier' } {
  return name.type === 'Identifier';
}

/** Every name that a program declares at its top level. A name that is declared twice occurs twice. */
export function declaredNames({ body }: Program): string[] {
  return body.flatMap((statement): string[] => {
    switch (statement.type) {
      case 'ImportDeclaration':
        return statement.specifiers.map(({ local }) => local.name);
      case 'ExportNamedDeclaration':
        return statement.declaration ? namesIn(statement.declaration) : [];
      case 'ExportDefaultDeclaration':
        return namesIn(statement.declaration);
      default:
        return namesIn(statement);
    }
  });
}

function namesIn(statement: AnyNode): string[] {
  const statements = [statement];
  return [...lexicalNames(statements), ...varNames(statements), ...blockFunctionNames(statements)];
}

/**
 * Names that are bound outside of a module. Declaring one of them again may be an error, even if nothing uses it. Our
 * prelude uses the last one.
 */
export const WRAPPER_NAMES: ReadonlySet<string> = new Set([
  'module',
  'exports',
  'require',
  '__filename',
  '__dirname',
  'jest',
  'arguments',
  'undefined',
  'globalThis',
]);
