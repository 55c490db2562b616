import type { HashableDeclaration } from '../syntax/hash';
import type { Span } from './declared-places';

/** A declaration that is being written. */
export type OpenDeclaration = HashableDeclaration & {
  mentions: Set<string>;
  /** Where it stands in the parsed text; several statements may define one export. Empty for functions. */
  spans: Span[];
};

/** The declarations of a module, in the order in which they are first found. */
export class DeclarationList {
  readonly all: OpenDeclaration[] = [];
  readonly #byName = new Map<string, OpenDeclaration>();

  /** Returns the declaration of a name, or creates it. Several statements may define the same export. */
  of(name: string): OpenDeclaration {
    let declaration = this.#byName.get(name);
    if (declaration === undefined) {
      declaration = { name, syntax: '', mentions: new Set(), spans: [] };
      this.#byName.set(name, declaration);
      this.all.push(declaration);
    }
    return declaration;
  }
}
