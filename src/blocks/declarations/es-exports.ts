import type { AnyNode, Program } from 'acorn';
import { boundNames } from '../syntax/names';
import type { OuterNames } from '../syntax/scopes';
import { placeOfThis } from './exports';
import { ALL_EXPORTS } from './imports';
import type { ModuleNames } from './module-names';
import { declarationIn, isNamed } from './top-level-names';

/** An export of another module: its specifier, and the export's name, or `ALL_EXPORTS` for a namespace object. */
export type ForeignExport = readonly [specifier: string, name: string];

/** What an export of an ES module is. */
export interface EsExport {
  /** The variable that it is; null for a default export without a name, and where it belongs to another module. */
  local: string | null;
  /** Set where it belongs to another module. */
  from?: ForeignExport;
}

/**
 * The exports of an ES module. Its text says all of them. Nothing but an importer gets at them, so that they count for
 * who uses them.
 */
export class EsExports {
  /** By name. */
  readonly all = new Map<string, EsExport>();
  /** Specifiers of modules whose exports it has as well, unless two of them have one name. */
  readonly stars: string[] = [];
  /** Whether each export has a name that can be told from anything else that we write down. */
  isPlain = true;
  /** Whether functions outside of classes use `this`, which may be a namespace object. */
  readonly usesThis: boolean;
  /** By variable, where its value stands. */
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

  /** Sorted, as a namespace object has them: ECMAScript 10.4.6. */
  get names(): string[] {
    return [...this.all.keys()].sort();
  }

  /**
   * Those of some variables that are exported, sorted. V8 tells another error of a constant that is assigned to before it
   * has a value, if it is exported.
   */
  localsIn(names: ReadonlySet<string>): string[] {
    const locals = [...this.all.values()].map(({ local }) => local ?? '');
    return [...new Set(locals.filter((local) => names.has(local)))].sort();
  }

  /** Where the value of an export stands, if that is known. */
  valueOf(name: string): AnyNode | undefined {
    const local = this.all.get(name)?.local ?? null;
    if (local !== null) return this.#values.get(local);
    return name === 'default' ? (this.#default ?? undefined) : undefined;
  }

  /** The statements that only say which variables are exported: they do nothing. */
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

/** The exports of an ES module as far as they are blocks of their own; null where they count as any other code. */
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

/** What each imported variable is. */
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

/** The export that a part of an import is, `ALL_EXPORTS` for a namespace object; null for one that is named by a text. */
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
