import type { AnyNode, ImportDeclaration, Program } from 'acorn';
import { parentOf, type Placed } from '../syntax/ancestry';
import { importedName } from './es-exports';
import {
  ALL_EXPORTS,
  asPresent,
  loadsByAnyName,
  namesUsed,
  patternNames,
  type ImportUse,
  type ImportUses,
} from './imports';
import type { ModuleNames } from './module-names';
import { isNamed } from './top-level-names';

/**
 * Finds which exports of other modules an ES module uses. If a module imports or exports a name of another module,
 * the name must exist whenever the module is loaded: a missing name is an error. The value counts where the name is
 * used.
 * @param passesOn Whether its exports are blocks of their own. If not, it uses all that it passes on.
 */
export function readEsImports(program: Program, names: ModuleNames, passesOn: boolean): ImportUses {
  return new EsImportReader(program, names, passesOn).read();
}

class EsImportReader {
  readonly #program: Program;
  readonly #names: ModuleNames;
  readonly #passesOn: boolean;
  readonly #at = new Map<AnyNode, ImportUse[]>();
  /** Specifiers of the imports that were understood. */
  readonly #understood = new Set<AnyNode>();
  readonly #specifiers = new Set<string>();
  readonly #whole = new Set<string>();

  constructor(program: Program, names: ModuleNames, passesOn: boolean) {
    this.#program = program;
    this.#names = names;
    this.#passesOn = passesOn;
  }

  read(): ImportUses {
    for (const statement of this.#program.body) this.#readStatement(statement);
    for (const place of this.#names.imports) this.#readExpression(place);
    const { isDynamic, loaders } = this.#names;
    // A `require` made by `createRequire` can reach any CommonJS module, for example through `require.cache`.
    const reachesAny = isDynamic || loaders.some(({ node }) => isCreateRequire(node));
    const loadsAny =
      reachesAny || loadsByAnyName(this.#names) || [...this.#specifiers].some(isAddress);
    const isNamedElsewhere = (specifier: string): boolean =>
      this.#names.textsOf(specifier).some((node) => !this.#understood.has(node));
    for (const specifier of this.#specifiers)
      if (loadsAny || isNamedElsewhere(specifier)) this.#whole.add(specifier);
    return { at: this.#at, specifiers: this.#specifiers, whole: this.#whole, reachesAny };
  }

  #readStatement(statement: AnyNode): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        this.#add(statement.source);
        return this.#readImport(statement);
      case 'ExportNamedDeclaration': {
        const { source, specifiers } = statement;
        if (!source) return;
        const specifier = this.#add(source);
        if (!this.#passesOn) this.#whole.add(specifier);
        for (const one of specifiers) {
          // Here only the presence counts. Whether the value is used depends on the importers of this module.
          if (isNamed(one.local)) this.#note(one, specifier, asPresent(one.local.name));
          else this.#whole.add(specifier);
        }
        return;
      }
      case 'ExportAllDeclaration':
        if (this.#passesOn) this.#add(statement.source);
        else this.#whole.add(this.#add(statement.source));
        return;
      default:
    }
  }

  #readImport({ source, specifiers }: ImportDeclaration): void {
    const specifier = String(source.value);
    for (const one of specifiers) {
      const name = importedName(one);
      if (name === null) this.#whole.add(specifier);
      else if (name !== ALL_EXPORTS) this.#note(one, specifier, asPresent(name));
      for (const place of this.#names.placesOf(one.local.name)) {
        if (place.node === one.local) continue;
        if (this.#passesOn && parentOf(place)?.type === 'ExportSpecifier') continue;
        const used = name === ALL_EXPORTS ? namesUsed(place) : [name ?? ALL_EXPORTS];
        for (const use of used) this.#note(place.node, specifier, use);
      }
    }
  }

  /** Reads `import('./m')`. Its value is a promise, so its uses are known only if it is awaited at once. */
  #readExpression(place: Placed): void {
    const { node, around } = place;
    if (node.type !== 'ImportExpression') return;
    const { source } = node;
    if (source.type !== 'Literal' || typeof source.value !== 'string') return;
    const specifier = this.#add(source);
    const parent = around?.node;
    if (around === null || parent?.type !== 'AwaitExpression') {
      if (parent?.type !== 'ExpressionStatement') this.#note(node, specifier, ALL_EXPORTS);
      return;
    }
    const user = parentOf(around);
    if (user?.type === 'ExpressionStatement') return;
    if (user?.type === 'VariableDeclarator' && user.id.type === 'Identifier') {
      const declared = around.around?.around ?? null;
      const isAtTop = declared !== null && parentOf(declared) === this.#program;
      const { id } = user;
      if (!isAtTop) return this.#note(node, specifier, ALL_EXPORTS);
      for (const used of this.#names.placesOf(id.name))
        if (used.node !== id)
          for (const name of namesUsed(used)) this.#note(used.node, specifier, name);
      return;
    }
    const used =
      user?.type === 'VariableDeclarator' && user.init === parent
        ? patternNames(user.id)
        : namesUsed(around);
    for (const name of used) this.#note(node, specifier, name);
  }

  #add(source: AnyNode): string {
    this.#understood.add(source);
    const specifier = source.type === 'Literal' ? String(source.value) : '';
    this.#specifiers.add(specifier);
    return specifier;
  }

  #note(at: AnyNode, specifier: string, name: string): void {
    const uses = this.#at.get(at);
    if (uses === undefined) this.#at.set(at, [{ specifier, name }]);
    else uses.push({ specifier, name });
  }
}

function isCreateRequire(node: AnyNode): boolean {
  return (
    (node.type === 'Identifier' && node.name === 'createRequire') ||
    (node.type === 'Literal' && node.value === 'createRequire')
  );
}

/** Whether a specifier is a URL or has a query. Jest splits these before it calls its resolver. */
function isAddress(specifier: string): boolean {
  return /[?#]|^(?:data|file):/.test(specifier);
}
