import type { HashableDeclaration } from '../syntax/hash';

/** A declaration that is being written. */
export type OpenDeclaration = HashableDeclaration & { mentions: Set<string> };

/** The declarations of a module, in the order in which they are first found. */
export class DeclarationList {
  readonly all: OpenDeclaration[] = [];
  readonly #byName = new Map<string, OpenDeclaration>();

  /** Returns the declaration of a name, or creates it. Several statements may define the same export. */
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
