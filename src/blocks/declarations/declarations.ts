import type { AnyNode, Expression, Program, VariableDeclaration, VariableDeclarator } from 'acorn';
import { EffectAnalysis, type Effect } from '../evaluation/effects';
import { enumValue } from './enums';
import { rootOf, type ExportDefinition } from './export-definitions';
import { exportKey } from './exports';
import { boundNames } from '../syntax/names';
import { isMutable, PRIMITIVE, UNKNOWN, type Value } from '../evaluation/values';
import type { FreeDeclaration, TopLevel, TopLevelOptions } from './top-level';
import { declarationIn, declaredNames, WRAPPER_NAMES } from './top-level-names';

/** Finds the top-level declarations of a module that have no effects. */
export function readTopLevel(program: Program, options: TopLevelOptions): TopLevel {
  if (options.names.isDynamic)
    return { free: new Map(), inline: new Set(), exported: new Map(), callable: [] };
  return new TopLevelReader(program, options).read();
}

/** How the statements so far have bound the name of a declaration. */
interface Bound {
  isPrimitive: boolean;
  isClass: boolean;
  /** Whether calling it runs code of this module. */
  isOwnFunction: boolean;
  value: Value;
  /** How many effects came before. */
  effects: number;
}

const UNBOUND = { isPrimitive: false, isClass: false, isOwnFunction: false, value: UNKNOWN };

class TopLevelReader {
  readonly #program: Program;
  readonly #options: TopLevelOptions;
  /** How often each name is declared at the top level. */
  readonly #counts = new Map<string, number>();
  readonly #imported = new Set<string>();
  /** Names that are bound so far. */
  readonly #bound = new Map<string, Bound>();
  readonly #analysis: EffectAnalysis;
  /** The `var` that is being bound. */
  #self = '';
  #effects = 0;
  /** The declarations so far that call something. What they call may read other declarations. */
  readonly #callers: string[] = [];
  /** The values of exports that are declarations. */
  readonly #exported = new Map<string, AnyNode[]>();

  constructor(program: Program, options: TopLevelOptions) {
    this.#program = program;
    this.#options = options;
    for (const name of declaredNames(program))
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    for (const statement of program.body) {
      if (statement.type === 'ImportDeclaration')
        for (const { local } of statement.specifiers) this.#imported.add(local.name);
      const declared = declarationIn(statement);
      if (declared?.type === 'FunctionDeclaration')
        this.#bind(declared.id.name, {
          isOwnFunction: true,
          value: { kind: 'function', node: declared, locals: null },
        });
    }
    this.#analysis = new EffectAnalysis({
      code: options.code,
      isGlobal: (name) => !this.#counts.has(name),
      isImported: (name) => this.#imported.has(name),
      isReadable: (name) => this.#bound.has(name) || name === this.#self,
      isPrimitive: (name) => this.#bound.get(name)?.isPrimitive === true,
      isClass: (name) => this.#bound.get(name)?.isClass === true,
      valueOf: (name) => this.#valueOf(name),
      isAssigned: (name) => options.names.assigned.has(name),
    });
  }

  read(): TopLevel {
    const free = new Map<AnyNode, readonly FreeDeclaration[]>();
    const { body } = this.#program;
    for (let index = 0; index < body.length; index += 1) {
      const statement = body[index] as AnyNode;
      const next = body[index + 1];
      const enumeration = next === undefined ? null : this.#enumeration(statement, next);
      const found =
        enumeration ??
        this.#declarationsOf(statement) ??
        this.#exportsIn(statement) ??
        this.#esExportsIn(statement);
      if (found === null) this.#effects += 1;
      else free.set(statement, found);
      if (enumeration !== null && next !== undefined) {
        free.set(next, []);
        for (const { name } of enumeration) this.#bind(name);
        index += 1;
      }
      this.#bindAll(statement, found !== null);
    }
    const names = this.#options.esExports?.names ?? [...this.#exported.keys()];
    const callable = names.filter((name) => this.#isCallable(name));
    return { free, inline: this.#analysis.inline, exported: this.#exported, callable };
  }

  /** @returns Null if the statement may have an effect. */
  #declarationsOf(statement: AnyNode): FreeDeclaration[] | null {
    const declared = declarationIn(statement);
    if (declared === null) return null;
    const isExported = statement !== declared && this.#options.esExports === null;
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
        // If one variable may have an effect, none of them counts: later ones are evaluated after that effect.
        this.#callers.length = before.callers;
        for (const name of this.#bound.keys())
          if (!before.bound.has(name)) this.#bound.delete(name);
        return null;
      }
      found.push(variable, ...this.#exportsOf(declarator));
      this.#bindVariable(declarator);
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
    const effect = init ? this.#analysis.effectOf(this.#assigned(init).value) : 'none';
    this.#self = '';
    if (effect === 'some') return null;
    const alone = { ...declaration, declarations: [declarator] };
    return this.#evaluated(id.name, effect, [alone], isExported);
  }

  /** Reads `exports.a = value;` and the getters that compilers write. */
  #exportsIn(statement: AnyNode): FreeDeclaration[] | null {
    const definitions = this.#options.exports?.definitionsIn(statement) ?? null;
    if (definitions === null) return null;
    const [last] = definitions.slice(-1);
    if (last === undefined) return [];
    if (last.property !== undefined) return this.#exportsOfObject(definitions);
    // A getter of an undeclared variable may throw. Code that enumerates all exports would notice that.
    const roots = definitions.flatMap(({ returned }) => (returned ? (rootOf(returned) ?? '') : []));
    if (!roots.every((name) => this.#counts.has(name))) return null;
    // All exports of one assignment have the same value. Getters are functions, which have no effect.
    const effect = last.returned ? 'none' : this.#analysis.effectOf(last.value);
    if (effect === 'some') return null;
    const isRepeatable =
      definitions.length === 1 || last.returned !== null || isMereValue(last.value);
    const found = definitions.map((definition) => {
      const isOwn = isRepeatable || definition === last;
      const madeOf = isOwn ? [] : [exportKey(last.name)];
      return this.#exportOf(definition, isOwn ? [definition.value] : [], madeOf);
    });
    if (effect === 'calls') this.#callers.push(exportKey(last.name));
    return found;
  }

  /** Reads `export default …`, or a list of variables, which does nothing. */
  #esExportsIn(statement: AnyNode): FreeDeclaration[] | null {
    const { esExports } = this.#options;
    if (esExports === null) return null;
    if (esExports.isList(statement)) return [];
    if (statement.type !== 'ExportDefaultDeclaration') return null;
    const { declaration } = statement;
    const { local } = esExports.all.get('default') ?? { local: null };
    if (local !== null && !this.#isOwn(local)) return null;
    const name = local ?? exportKey('default');
    if (declaration.type === 'FunctionDeclaration')
      return [{ name, content: [declaration], position: '', isExported: false }];
    const effect = this.#analysis.effectOf(declaration);
    return effect === 'some' ? null : [this.#evaluated(name, effect, [declaration], false)];
  }

  /** The exports that get the same value as a variable: `const a = exports.a = value`. */
  #exportsOf({ id, init }: VariableDeclarator): FreeDeclaration[] {
    if (!init || id.type !== 'Identifier') return [];
    const { names, value } = this.#assigned(init);
    return names.map((name) => this.#exportOf({ name, value, returned: null }, [], [id.name]));
  }

  /** Reads `module.exports = { a, b() {} };`. Its properties are evaluated in order. */
  #exportsOfObject(definitions: readonly ExportDefinition[]): FreeDeclaration[] | null {
    const effects = definitions.map(({ value }) => this.#analysis.effectOf(value));
    if (effects.includes('some')) return null;
    return definitions.map((definition, index) => {
      const found = this.#exportOf(definition, [definition.value], []);
      if (effects[index] === 'calls') this.#callers.push(exportKey(definition.name));
      return found;
    });
  }

  #exportOf(
    { name, value, returned, property }: ExportDefinition,
    content: readonly AnyNode[],
    madeOf: readonly string[],
  ): FreeDeclaration {
    const values = this.#exported.get(name);
    if (values === undefined) this.#exported.set(name, [returned ?? value]);
    else values.push(returned ?? value);
    const position = `${returned ? 'get' : '='}${property ?? ''}${this.#effects}:${this.#callers.join(',')}`;
    const isGetter = returned !== null;
    return { name: exportKey(name), content, position, isExported: false, madeOf, isGetter };
  }

  #assigned(init: Expression): { names: string[]; value: Expression } {
    return this.#options.exports?.assigned(init) ?? { names: [], value: init };
  }

  /** Whether an export is a function of this module that does not use `this`, or is not a function. */
  #isCallable(name: string): boolean {
    const { esExports } = this.#options;
    if (esExports !== null) {
      if (esExports.usesThis) return false;
      const local = esExports.all.get(name)?.local ?? null;
      if (local !== null) return this.#bound.get(local)?.isOwnFunction === true;
      const value = esExports.valueOf(name);
      return value !== undefined && isFunction(value);
    }
    if (this.#options.exports?.usesThis !== false) return false;
    const values = this.#exported.get(name) ?? [];
    return values.every((value) => this.#isOwnValue(value));
  }

  #isOwnValue(value: AnyNode): boolean {
    if (value.type === 'Identifier') return this.#bound.get(value.name)?.isOwnFunction === true;
    return isFunction(value) || isMereValue(value);
  }

  /** Reads `var E; (function (E) { E[E["A"] = 0] = "A"; })(E || (E = {}));`, as TypeScript writes an enum. */
  #enumeration(first: AnyNode, second: AnyNode): FreeDeclaration[] | null {
    if (first.type !== 'VariableDeclaration' || first.kind === 'const') return null;
    const [{ id, init } = { id: null, init: null }] = first.declarations;
    if (first.declarations.length !== 1 || id?.type !== 'Identifier' || init) return null;
    const { name } = id;
    const found = enumValue(second, name, (node) => this.#assigned(node));
    if (!this.#isOwn(name) || found === null) return null;
    this.#analysis.inline.add(found.body);
    const enumeration = this.#evaluated(name, 'none', [first, second], false);
    const exported = found.exported.map((as) =>
      this.#exportOf({ name: as, value: second, returned: null }, [], [name]),
    );
    return [enumeration, ...exported];
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

  /** Whether a name is declared only once, and is not bound outside of the text. */
  #isOwn(name: string): boolean {
    return (
      this.#counts.get(name) === 1 &&
      !WRAPPER_NAMES.has(name) &&
      !this.#options.injected.includes(name)
    );
  }

  /** Notes the names that a statement has bound, after it was read. */
  #bindAll(statement: AnyNode, isFree: boolean): void {
    const declared = declarationIn(statement);
    if (declared?.type === 'ClassDeclaration') this.#bind(declared.id.name, { isClass: true });
    if (declared?.type !== 'VariableDeclaration' || isFree) return;
    for (const { id } of declared.declarations) for (const name of boundNames(id)) this.#bind(name);
  }

  #bindVariable({ id, init }: VariableDeclarator): void {
    if (id.type !== 'Identifier') return;
    if (!init) return this.#bind(id.name);
    const { value: node } = this.#assigned(init);
    const value = this.#analysis.valueOf(node);
    const isPrimitive = value.kind === 'primitive' || this.#analysis.isPrimitive(node);
    this.#bind(id.name, { isPrimitive, isOwnFunction: isFunction(node), value });
  }

  /** What is known of a bound name. Code with effects may have changed the content of an object since then. */
  #valueOf(name: string): Value {
    const bound = this.#bound.get(name);
    if (bound === undefined) return UNKNOWN;
    if (bound.isPrimitive && bound.value === UNKNOWN) return PRIMITIVE;
    return isMutable(bound.value) && bound.effects !== this.#effects ? UNKNOWN : bound.value;
  }

  #bind(name: string, known: Partial<Bound> = {}): void {
    const isForGood = this.#counts.get(name) === 1 && !this.#options.names.assigned.has(name);
    this.#bound.set(name, { ...UNBOUND, ...(isForGood && known), effects: this.#effects });
  }
}

function isFunction({ type }: AnyNode): boolean {
  return type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
}

/** Whether a value can be written twice, because it contains no blocks. */
function isMereValue(value: AnyNode): boolean {
  return (
    value.type === 'Literal' ||
    value.type === 'Identifier' ||
    (value.type === 'UnaryExpression' && value.argument.type === 'Literal')
  );
}
