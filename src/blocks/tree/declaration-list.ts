import type { HashableDeclaration } from '../syntax/hash';

/** A declaration that is being written. */
export type OpenDeclaration = HashableDeclaration & { mentions: Set<string> };

/** The declarations of a module, in the order in which they are first found. */
export class DeclarationList {
  readonly all: OpenDeclaration[] = [];
  readonly #byName = new Map<string, OpenDeclaration>();

  /** The declaration of a name: a new one, or the one that is there. An export may be defined by several statements. */
  of(name: string): OpenDeclaration {
    let declaration = this.#byName.get(name);
    if (declaration === undefined) {
      declaration = { name, syntax: '', mentions: new Set() };
      this.#byName.set(name, declaration);
      this.all.push(declaration);
    }
    return declaration;
  }
}
