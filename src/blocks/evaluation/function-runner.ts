import type { AnyNode, VariableDeclaration } from 'acorn';
import { emptyArrayIn, restLoop } from './compiled-syntax';
import { isDefined, truthOf } from './known';
import { blockFunctionNames, lexicalNames, varNames } from '../syntax/scopes';
import {
  arrayOf,
  constant,
  either,
  PRIMITIVE,
  scopeOf,
  UNKNOWN,
  type AnyFunction,
  type Locals,
  type Value,
} from './values';

/** The result of running a list of statements. */
interface Completion {
  /** The value that may have been returned so far. Null if nothing was returned. */
  returned: Value | null;
  /** Whether the function has certainly returned. */
  isOver: boolean;
}

const NEXT: Completion = { returned: null, isOver: false };

/** Runs functions of a module for `Evaluator`. It follows only functions whose statements it knows. */
export class FunctionRunner {
  readonly #value: (node: AnyNode, locals: Locals | null) => Value | null;
  readonly #isAssigned: (name: string) => boolean;
  readonly #isGlobal: (name: string, locals: Locals | null) => boolean;

  /**
   * @param value Evaluates an expression. Null if that may have an effect.
   * @param isAssigned Whether a name of any scope is assigned to after its declaration.
   * @param isGlobal Whether a name refers to a global in a scope.
   */
  constructor(
    value: (node: AnyNode, locals: Locals | null) => Value | null,
    isAssigned: (name: string) => boolean,
    isGlobal: (name: string, locals: Locals | null) => boolean,
  ) {
    this.#value = value;
    this.#isAssigned = isAssigned;
    this.#isGlobal = isGlobal;
  }

  /**
   * Calls a value.
   * @returns Null if the call may have an effect.
   */
  call(callee: Value, values: readonly Value[]): Value | null {
    if (callee.kind === 'conversion')
      return values.slice(0, 1).every(({ kind }) => kind === 'primitive') ? PRIMITIVE : null;
    if (callee.kind !== 'function') return null;
    const { node, locals } = callee;
    if (node.async || node.generator) return null;
    const names = new Map<string, Value | null>();
    const scope: Locals = { names, around: locals };
    if (node.type === 'FunctionExpression' && node.id) names.set(node.id.name, callee);
    if (node.type !== 'ArrowFunctionExpression') names.set('arguments', null);
    if (!this.#bindParameters(node, values, scope)) return null;
    // Otherwise a parameter or a variable has this name.
    if (names.get('arguments') === null) scope.given = { values, named: node.params.length };
    if (node.body.type !== 'BlockStatement') return this.#value(node.body, scope);
    const { body } = node.body;
    // It is hard to tell whether such functions hoist, and they are rare in this kind of code.
    if (blockFunctionNames(body).length > 0 || varNames(body).includes('arguments')) return null;
    const inner: Locals = { names: new Map(), around: scope };
    for (const name of varNames(body)) if (!names.has(name)) inner.names.set(name, null);
    const completion = this.#run(body, inner);
    if (completion === null) return null;
    const { returned, isOver } = completion;
    if (isOver) return returned;
    return returned === null ? constant(undefined) : either(returned, constant(undefined));
  }

  #bindParameters(node: AnyFunction, values: readonly Value[], scope: Locals): boolean {
    for (const parameter of node.params) {
      const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
      const name = target.type === 'RestElement' ? target.argument : target;
      if (name.type !== 'Identifier') return false;
      scope.names.set(name.name, null);
    }
    for (const [index, parameter] of node.params.entries()) {
      const given = values[index] ?? constant(undefined);
      if (parameter.type === 'Identifier') this.#bind(parameter.name, given, scope);
      else if (parameter.type === 'RestElement' && parameter.argument.type === 'Identifier')
        this.#bind(parameter.argument.name, arrayOf(values.slice(index)), scope);
      else if (parameter.type === 'AssignmentPattern' && parameter.left.type === 'Identifier') {
        const isGiven = isDefined(given);
        const other = isGiven === true ? given : this.#value(parameter.right, scope);
        if (other === null) return false;
        this.#bind(parameter.left.name, isGiven === false ? other : either(given, other), scope);
      }
    }
    return true;
  }

  /**
   * Runs statements.
   * @returns Null if they may have an effect.
   */
  #run(statements: readonly AnyNode[], scope: Locals, isBranch = false): Completion | null {
    for (const name of lexicalNames(statements)) scope.names.set(name, null);
    for (const node of statements)
      if (node.type === 'FunctionDeclaration' && node.id !== null)
        this.#bind(node.id.name, { kind: 'function', node, locals: scope }, scope);
    let returned: Value | null = null;
    for (const [index, statement] of statements.entries()) {
      const isRest = this.#copyRest(statement, statements[index - 1], scope, isBranch);
      const completion = isRest ? NEXT : this.#runOne(statement, scope, isBranch);
      if (completion === null) return null;
      if (completion.returned !== null)
        returned = returned === null ? completion.returned : either(returned, completion.returned);
      if (completion.isOver) return { returned, isOver: true };
    }
    return { returned, isOver: false };
  }

  #runOne(node: AnyNode, scope: Locals, isBranch: boolean): Completion | null {
    switch (node.type) {
      case 'EmptyStatement':
      case 'FunctionDeclaration':
        return NEXT;
      case 'ExpressionStatement':
        return this.#value(node.expression, scope) && NEXT;
      case 'BlockStatement':
        return this.#run(node.body, { names: new Map(), around: scope }, isBranch);
      case 'ReturnStatement': {
        const value = node.argument ? this.#value(node.argument, scope) : constant(undefined);
        return value && { returned: value, isOver: true };
      }
      case 'IfStatement': {
        const test = this.#value(node.test, scope);
        if (test === null) return null;
        const truth = truthOf(test);
        const isUnsure = isBranch || truth === null;
        const one = truth === false ? NEXT : this.#runOne(node.consequent, scope, isUnsure);
        const other =
          truth === true || !node.alternate ? NEXT : this.#runOne(node.alternate, scope, isUnsure);
        if (one === null || other === null) return null;
        if (truth !== null) return truth ? one : other;
        const both = one.returned && other.returned && either(one.returned, other.returned);
        const returned = both ?? one.returned ?? other.returned;
        return { returned, isOver: one.isOver && other.isOver };
      }
      case 'VariableDeclaration':
        return node.kind === 'var' || node.kind === 'let' || node.kind === 'const'
          ? this.#declare(node, scope, isBranch)
          : null;
      default:
        return null;
    }
  }

  /** Runs a loop that copies arguments. Other loops are not followed. */
  #copyRest(node: AnyNode, before: AnyNode | undefined, scope: Locals, isBranch: boolean): boolean {
    const loop = restLoop(node);
    const around = scopeOf('arguments', scope);
    if (loop === null || around?.given === undefined || isBranch) return false;
    const isMade = loop.isMaker
      ? this.#isGlobal('Array', scope)
      : emptyArrayIn(before) === loop.name;
    // An argument with a name may have changed, because its parameter may be an alias of it.
    if (!isMade || loop.first < around.given.named) return false;
    for (const name of [loop.name, ...loop.others]) {
      const target = scopeOf(name, scope);
      if (target === null || (target.names.get(name) !== null && name !== loop.name)) return false;
      this.#bind(
        name,
        name === loop.name ? arrayOf(around.given.values.slice(loop.first)) : UNKNOWN,
        target,
      );
    }
    return true;
  }

  #declare(
    { kind, declarations }: VariableDeclaration,
    scope: Locals,
    isBranch: boolean,
  ): Completion | null {
    for (const { id, init } of declarations) {
      if (id.type !== 'Identifier') return null;
      const value = init ? this.#value(init, scope) : constant(undefined);
      if (value === null) return null;
      const target = kind === 'var' ? scopeOf(id.name, scope) : scope;
      if (target === null) return null;
      // A `var` exists beyond its branch, and may have had a value before.
      const isSure = kind !== 'var' || (!isBranch && target.names.get(id.name) === null);
      this.#bind(id.name, isSure ? value : UNKNOWN, target);
    }
    return NEXT;
  }

  /** Binds a name. If it is assigned to later, its value is unknown. */
  #bind(name: string, value: Value, { names }: Locals): void {
    names.set(name, this.#isAssigned(name) ? UNKNOWN : value);
  }
}
