import type { Program } from 'acorn';
import { boundNames } from './names';

/** The only global that the prelude uses. */
const NAME = 'globalThis';

/**
 * Whether the top level of a program declares its own `globalThis`. The prelude would then use the wrong object.
 * @param hoisted The names that hoist to the module.
 */
export function declaresGlobalThis({ body }: Program, hoisted: ReadonlySet<string>): boolean {
  if (hoisted.has(NAME)) return true;
  return body.some((statement) => {
    if (statement.type === 'ImportDeclaration') {
      return statement.specifiers.some(({ local }) => local.name === NAME);
    }
    const declared = 'declaration' in statement ? statement.declaration : statement;
    switch (declared?.type) {
      case 'VariableDeclaration':
        return declared.declarations.some(({ id }) => boundNames(id).includes(NAME));
      case 'ClassDeclaration':
        return declared.id?.name === NAME;
      default:
        return false;
    }
  });
}
