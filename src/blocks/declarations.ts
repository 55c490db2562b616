import type {
  AnyNode,
  ClassDeclaration,
  FunctionDeclaration,
  Program,
  VariableDeclaration,
  VariableDeclarator,
} from 'acorn';
import { EffectAnalysis, type Effect } from './effects';
import { enumValue } from './enums';
import { boundNames } from './names';
import type { Form } from './parse';
import { blockFunctionNames, lexicalNames, varNames, type OuterNames } from './scopes';

/** A declaration at the top of a module that nobody can notice but who refers to its name. */
export interface FreeDeclaration {
  name: string;
  /** What it is written as, in order: a function, a class, or a `var`, `let` or `const` of one name. */
  content: readonly AnyNode[];
  /** Between which of the module's effects it is evaluated; empty for functions, which hoist above all. */
  position: string;
  /** Whether it stands in an `export`, so that the module gives it to others. */
  isExported: boolean;
}

/** The statements at the top of a module, told apart. */
export interface TopLevel {
  /** By statement; a statement that is not in it may do something. An empty list stands for a part of an earlier one. */
  free: ReadonlyMap<AnyNode, readonly FreeDeclaration[]>;
  /** Functions that are called where they stand: their bodies run with the declaration that they are in. */
  inline: ReadonlySet<AnyNode>;
}

/** What the analysis needs to know besides the program. */
export interface TopLevelOptions {
  form: Form;
  code: string;
  names: OuterNames;
  /** Names that Jest's configuration adds to its module wrapper. */
  injected: readonly string[];
}

/** Finds the declarations without effects at the top of a module. */
export function readTopLevel(program: Program, options: TopLevelOptions): TopLevel {
  if (options.names.isDynamic) return { free: new Map(), inline: new Set() };
  return new TopLevelReader(program, options).read();
}

/** How the name of a declaration was bound by what came before. */
interface Bound {
  isPrimitive: boolean;
  isClass: boolean;
}

type Declared = FunctionDeclaration | ClassDeclaration | VariableDeclaration;

class TopLevelReader {
  readonly #program: Program;
  readonly #options: TopLevelOptions;
  /** How often each name is declared at the top. */
  readonly #counts = new Map<string, number>();
  readonly #imported = new Set<string>();
  /** Names that are bound by now. */
  readonly #bound = new Map<string, Bound>();
  readonly #analysis: EffectAnalysis;
  /** The `var` that is being bound. */
  #self = '';
  #effects = 0;
  /** What was called by declarations so far: what is called may read others. */
  readonly #callers: string[] = [];

  constructor(program: Program, options: TopLevelOptions) {
    this.#program = program;
    this.#options = options;
    for (const name of declaredNames(program))
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    for (const statement of program.body) {
      if (statement.type === 'ImportDeclaration')
        for (const { local } of statement.specifiers) this.#imported.add(local.name);
      const declared = declarationIn(statement);
      if (declared?.type === 'FunctionDeclaration') this.#bind(declared.id.name);
    }
    this.#analysis = new EffectAnalysis({
      code: options.code,
      isGlobal: (name) => !this.#counts.has(name),
      isImported: (name) => this.#imported.has(name),
      isReadable: (name) => this.#bound.has(name) || name === this.#self,
      isPrimitive: (name) => this.#bound.get(name)?.isPrimitive === true,
      isClass: (name) => this.#bound.get(name)?.isClass === true,
    });
  }

  read(): TopLevel {
    const free = new Map<AnyNode, readonly FreeDeclaration[]>();
    const { body } = this.#program;
    for (let index = 0; index < body.length; index += 1) {
      const statement = body[index] as AnyNode;
      const next = body[index + 1];
      const enumeration = next === undefined ? null : this.#enumeration(statement, next);
      const found = enumeration === null ? this.#declarationsOf(statement) : [enumeration];
      if (found === null) this.#effects += 1;
      else free.set(statement, found);
      if (enumeration !== null && next !== undefined) {
        free.set(next, []);
        this.#bind(enumeration.name);
        index += 1;
      }
      this.#bindAll(statement, found !== null);
    }
    return { free, inline: this.#analysis.inline };
  }

  /** @returns Null where a statement may do something. */
  #declarationsOf(statement: AnyNode): FreeDeclaration[] | null {
    const declared = declarationIn(statement);
    if (declared === null) return null;
    const isExported = statement !== declared;
    switch (declared.type) {
      case 'FunctionDeclaration': {
        const { name } = declared.id;
        if (!this.#isOwn(name)) return null;
        return [{ name, content: [declared], position: '', isExported }];
      }
      case 'ClassDeclaration': {
        const { name } = declared.id;
        if (!this.#isOwn(name)) return null;
        const effect = this.#analysis.effectOf(declared);
        if (effect === 'some') return null;
        return [this.#evaluated(name, effect, [declared], isExported)];
      }
      case 'VariableDeclaration':
        return this.#variables(declared, isExported);
    }
  }

  #variables(declaration: VariableDeclaration, isExported: boolean): FreeDeclaration[] | null {
    const { kind, declarations } = declaration;
    if (kind !== 'var' && kind !== 'let' && kind !== 'const') return null;
    const before = { bound: new Map(this.#bound), callers: this.#callers.length };
    const found: FreeDeclaration[] = [];
    for (const declarator of declarations) {
      const variable = this.#variable(declaration, declarator, isExported);
      if (variable === null) {
        // All or nothing: what follows in the statement is evaluated after what may do something.
        this.#callers.length = before.callers;
        for (const name of this.#bound.keys())
          if (!before.bound.has(name)) this.#bound.delete(name);
        return null;
      }
      found.push(variable);
      this.#bindVariable(declarator, kind);
    }
    return found;
  }

  #variable(
    declaration: VariableDeclaration,
    declarator: VariableDeclarator,
    isExported: boolean,
  ): FreeDeclaration | null {
    const { id, init } = declarator;
    if (id.type !== 'Identifier' || !this.#isOwn(id.name)) return null;
    this.#self = declaration.kind === 'var' ? id.name : '';
    const effect = init ? this.#analysis.effectOf(init) : 'none';
    this.#self = '';
    if (effect === 'some') return null;
    const alone = { ...declaration, declarations: [declarator] };
    return this.#evaluated(id.name, effect, [alone], isExported);
  }

  /** `var E; (function (E) { E[E["A"] = 0] = "A"; })(E || (E = {}));`, as TypeScript writes an enum. */
  #enumeration(first: AnyNode, second: AnyNode): FreeDeclaration | null {
    if (first.type !== 'VariableDeclaration' || first.kind === 'const') return null;
    const [{ id, init } = { id: null, init: null }] = first.declarations;
    if (first.declarations.length !== 1 || id?.type !== 'Identifier' || init) return null;
    const { name } = id;
    const body = enumValue(second, name);
    if (!this.#isOwn(name) || body === null) return null;
    this.#analysis.inline.add(body);
    return this.#evaluated(name, 'none', [first, second], false);
  }

  #evaluated(
    name: string,
    effect: Effect,
    content: readonly AnyNode[],
    isExported: boolean,
  ): FreeDeclaration {
    const position = `${this.#effects}:${this.#callers.join(',')}`;
    if (effect === 'calls') this.#callers.push(name);
    return { name, content, position, isExported };
  }

  /** Whether a name is declared once, and nothing that we have not read declares it. */
  #isOwn(name: string): boolean {
    return (
      this.#counts.get(name) === 1 &&
      !WRAPPER_NAMES.has(name) &&
      !this.#options.injected.includes(name)
    );
  }

  /** Notes what a statement has bound once it is through. */
  #bindAll(statement: AnyNode, isFree: boolean): void {
    const declared = declarationIn(statement);
    if (declared?.type === 'ClassDeclaration') this.#bind(declared.id.name, { isClass: true });
    if (declared?.type !== 'VariableDeclaration' || isFree) return;
    for (const { id } of declared.declarations) for (const name of boundNames(id)) this.#bind(name);
  }

  #bindVariable({ id, init }: VariableDeclarator, kind: string): void {
    if (id.type !== 'Identifier') return;
    const isPrimitive = kind === 'const' && init ? this.#analysis.isPrimitive(init) : false;
    this.#bind(id.name, { isPrimitive });
  }

  #bind(name: string, { isPrimitive = false, isClass = false }: Partial<Bound> = {}): void {
    const isForGood = this.#counts.get(name) === 1 && !this.#options.names.assigned.has(name);
    this.#bound.set(name, {
      isPrimitive: isPrimitive && isForGood,
      isClass: isClass && isForGood,
    });
  }
}

/** The declaration that a statement is, or exports by name. */
function declarationIn(statement: AnyNode): Declared | null {
  const declared =
    statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement;
  switch (declared.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      // `export default` may leave the name out, and is no declaration here.
      return declared as FunctionDeclaration | ClassDeclaration;
    case 'VariableDeclaration':
      return declared;
    default:
      return null;
  }
}

/** Every name that a program declares at its top, as often as it does. */
function declaredNames({ body }: Program): string[] {
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
 * Names that a module's surroundings bind: declaring one anew may be an error, whether or not anyone uses it. Our own
 * prelude uses the last one.
 */
const WRAPPER_NAMES: ReadonlySet<string> = new Set([
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
