import type { AnyNode, Program } from 'acorn';
import { boundNames } from '../syntax/names';
import type { OuterNames } from '../syntax/scopes';
import { placeOfThis } from './exports';
import { ALL_EXPORTS } from './imports';
import type { ModuleNames } from './module-names';
import { declarationIn, isNamed } from './top-level-names';

/**
 * An export of another module: its specifier, and the name of the export. The name is `ALL_EXPORTS` for a namespace
 * object.
 */
export type ForeignExport = readonly [specifier: string, name: string];

/** What an export of an ES module refers to. */
export interface EsExport {
  /** The variable that is exported. Null for a default export without a name, and for an export of another module. */
  local: string | null;
  /** Set if it belongs to another module. */
  from?: ForeignExport;
}

/**
 * The exports of an ES module. The module's text contains all of them. Only importers can use them, so they count
 * only for code that uses them.
 */
export class EsExports {
  /** By name. */
  readonly all = new Map<string, EsExport>();
  /** Specifiers of modules whose exports it also has, unless two of them export the same name. */
  readonly stars: string[] = [];
  /**
   * Whether the name of each export is an identifier other than `then`. A text could be confused with the other names
   * that we write. Everybody who imports a module by `import()` asks for its `then`, and nobody names it.
   */
  isPlain = true;
  /** Whether functions outside of classes use `this`, which may be a namespace object. */
  readonly usesThis: boolean;
  /** By variable: the node of its value. */
  readonly #values = new Map<string, AnyNode>();
  readonly #imported: ReadonlyMap<string, ForeignExport>;
  #default: AnyNode | null = null;

  constructor(program: Program, names: ModuleNames) {
    this.usesThis = names.these.some((place) => placeOfThis(place) === 'function');
    this.#imported = importedNames(program);
    for (const statement of program.body) {
      this.#noteValues(statement);
      this.#read(statement);
    }
  }

  /** Sorted, as in a namespace object: ECMAScript 10.4.6. */
  get names(): string[] {
    return [...this.all.keys()].sort();
  }

  /**
   * Returns those of some variables that are exported, sorted. If code assigns to a constant before it has a value,
   * V8 throws a different error for an exported constant.
   */
  localsIn(names: ReadonlySet<string>): string[] {
    const locals = [...this.all.values()].map(({ local }) => local ?? '');
    return [...new Set(locals.filter((local) => names.has(local)))].sort();
  }

  /** The node of an export's value, if it is known. */
  valueOf(name: string): AnyNode | undefined {
    const local = this.all.get(name)?.local ?? null;
    if (local !== null) return this.#values.get(local);
    return name === 'default' ? (this.#default ?? undefined) : undefined;
  }

  /** Whether a statement only lists exported variables. Running it has no effect. */
  isList(statement: AnyNode): boolean {
    return (
      statement.type === 'ExportNamedDeclaration' &&
      (statement.declaration ?? null) === null &&
      (statement.source ?? null) === null
    );
  }

  #read(statement: AnyNode): void {
    switch (statement.type) {
      case 'ExportNamedDeclaration': {
        const { declaration, source, specifiers } = statement;
        if (declaration) for (const name of namesOf(declaration)) this.#add(name, { local: name });
        for (const { local, exported } of specifiers) {
          if (!isNamed(local) || !isNamed(exported)) this.isPlain = false;
          else if (source)
            this.#add(exported.name, { local: null, from: [String(source.value), local.name] });
          else this.#add(exported.name, this.#exportOf(local.name));
        }
        break;
      }
      case 'ExportDefaultDeclaration': {
        const { declaration } = statement;
        const isDeclared =
          declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration';
        const local = isDeclared ? (declaration.id?.name ?? null) : null;
        this.#default = declaration;
        if (local !== null) this.#values.set(local, declaration);
        this.#add('default', { local });
        break;
      }
      case 'ExportAllDeclaration': {
        const { exported, source } = statement;
        const specifier = String(source.value);
        if (!exported) this.stars.push(specifier);
        else if (isNamed(exported))
          this.#add(exported.name, { local: null, from: [specifier, ALL_EXPORTS] });
        else this.isPlain = false;
        break;
      }
      default:
    }
  }

  #add(name: string, exported: EsExport): void {
    if (name === 'then') this.isPlain = false;
    this.all.set(name, exported);
  }

  #exportOf(local: string): EsExport {
    const from = this.#imported.get(local);
    return from === undefined ? { local } : { local: null, from };
  }

  #noteValues(statement: AnyNode): void {
    const declared = declarationIn(statement);
    if (declared?.type === 'VariableDeclaration')
      for (const { id, init } of declared.declarations)
        for (const name of boundNames(id)) this.#values.set(name, init ?? id);
    else if (declared !== null) this.#values.set(declared.id.name, declared);
  }
}

/** Returns the exports of an ES module that are blocks of their own. Null if they count like any other code. */
export function readEsExports(
  program: Program,
  { isDynamic }: OuterNames,
  names: ModuleNames,
): EsExports | null {
  if (isDynamic) return null;
  const exports = new EsExports(program, names);
  return exports.isPlain ? exports : null;
}

function namesOf(declaration: AnyNode): readonly string[] {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => boundNames(id));
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : [];
}

/** The export that each imported variable refers to. */
function importedNames({ body }: Program): ReadonlyMap<string, ForeignExport> {
  const imported = new Map<string, ForeignExport>();
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration') continue;
    const specifier = String(statement.source.value);
    for (const one of statement.specifiers) {
      const name = importedName(one);
      if (name !== null) imported.set(one.local.name, [specifier, name]);
    }
  }
  return imported;
}

/** The export that a part of an import refers to. `ALL_EXPORTS` for a namespace object. Null if its name is a text. */
export function importedName(specifier: AnyNode): string | null {
  switch (specifier.type) {
    case 'ImportNamespaceSpecifier':
      return ALL_EXPORTS;
    case 'ImportDefaultSpecifier':
      return 'default';
    case 'ImportSpecifier':
      return isNamed(specifier.imported) ? specifier.imported.name : null;
    default:
      return null;
  }
}
