import type {
  AnyNode,
  BinaryExpression,
  Expression,
  LogicalExpression,
  SpreadElement,
} from 'acorn';
import { memberName, plainName } from '../syntax/ancestry';
import { piecesOfText } from './compiled-syntax';
import { FunctionRunner } from './function-runner';
import { copiedBy, isFunction, isMadeHere } from './made-here';
import { computed, isThere, joinedText, literal, memberOf, truthOf } from './known';
import {
  callMethod,
  callStatic,
  collection,
  languageMember,
  REARRANGING,
  rearranged,
  regExp,
  spreadable,
} from './natives';
import {
  arrayOf,
  constant,
  either,
  PRIMITIVE,
  scopeOf,
  SOME_ARRAY,
  SYMBOL,
  textOf,
  UNKNOWN,
  type Locals,
  type Value,
} from './values';
import { COLLECTIONS, POISONED } from './intrinsics';

/** What is known of top-level names at the place of an expression. */
export interface TopLevelValues {
  isGlobal(name: string): boolean;
  /** The present value of a name. Null if reading it may throw. */
  valueOf(name: string): Value | null;
  /** Whether a member of a global can be read without an effect. */
  isLanguageMember(node: AnyNode & { type: 'MemberExpression' }): boolean;
  /** Whether a name of any scope is assigned to after its declaration. */
  isAssigned(name: string): boolean;
}

/** Limits for one expression: the nodes that are evaluated, and how deep they are nested. */
const MAX_STEPS = 5000;
const MAX_DEPTH = 100;

/**
 * Evaluates an expression without running it, if it certainly has no effect. It follows functions of the module that
 * only read their arguments and create values, and methods of the language on values created here. It may know less
 * than running would show, but is never wrong. Example: `simpleParse('year', 'month')`, which returns a closure.
 */
export class Evaluator {
  readonly #names: TopLevelValues;
  #steps = 0;
  #depth = 0;
  #called: AnyNode[] = [];
  readonly #runner: FunctionRunner;

  constructor(names: TopLevelValues) {
    this.#names = names;
    this.#runner = new FunctionRunner(
      (node, locals) => this.#value(node, locals),
      (name) => names.isAssigned(name),
      (name, locals) => this.#isGlobal(name, locals),
    );
  }

  /**
   * Returns the value of a top-level expression.
   * @returns Null if evaluating it may have an effect. `called` has functions in it that no other code can call.
   */
  evaluate(node: AnyNode): { value: Value; called: readonly AnyNode[] } | null {
    this.#steps = 0;
    this.#depth = 0;
    this.#called = [];
    const value = this.#value(node, null);
    return value && { value, called: this.#called };
  }

  #value(node: AnyNode, locals: Locals | null): Value | null {
    if ((this.#steps += 1) > MAX_STEPS || this.#depth > MAX_DEPTH) return null;
    this.#depth += 1;
    const value = this.#valueOf(node, locals);
    this.#depth -= 1;
    return value;
  }

  #valueOf(node: AnyNode, locals: Locals | null): Value | null {
    switch (node.type) {
      case 'Literal':
        return literal(node);
      case 'Identifier':
        return this.#read(node.name, locals);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return { kind: 'function', node, locals };
      case 'TemplateLiteral': {
        const parts = this.#values(node.expressions, locals);
        if (parts?.every(({ kind }) => kind === 'primitive') !== true) return null;
        const texts = node.quasis.map(({ value }) => constant(value.cooked ?? ''));
        return joinedText(texts.flatMap((text, index) => [text, parts[index] ?? constant('')]));
      }
      case 'ArrayExpression':
        return this.#array(node.elements, locals);
      case 'ObjectExpression':
        return this.#object(node, locals);
      case 'UnaryExpression': {
        const value = node.operator === 'delete' ? null : this.#value(node.argument, locals);
        if (value === null) return null;
        if (node.operator === 'void') return constant(undefined);
        if (node.operator === 'typeof') return PRIMITIVE;
        if (node.operator !== '!') return value.kind === 'primitive' ? PRIMITIVE : null;
        const truth = truthOf(value);
        return truth === null ? PRIMITIVE : constant(!truth);
      }
      case 'BinaryExpression':
        return this.#binary(node, locals);
      case 'LogicalExpression':
        return this.#logical(node, locals);
      case 'ConditionalExpression': {
        const test = this.#value(node.test, locals);
        if (test === null) return null;
        const truth = truthOf(test);
        if (truth !== null) return this.#value(truth ? node.consequent : node.alternate, locals);
        const one = this.#value(node.consequent, locals);
        const other = one && this.#value(node.alternate, locals);
        return one && other && either(one, other);
      }
      case 'SequenceExpression':
        return this.#values(node.expressions, locals)?.at(-1) ?? null;
      case 'AssignmentExpression':
        return this.#assign(node, locals);
      case 'MemberExpression':
        return this.#member(node, locals);
      case 'CallExpression':
        return this.#call(node, locals);
      case 'NewExpression':
        return this.#construct(node, locals);
      default:
        return null;
    }
  }

  #read(name: string, locals: Locals | null): Value | null {
    const scope = scopeOf(name, locals);
    return scope === null ? this.#names.valueOf(name) : (scope.names.get(name) ?? null);
  }

  /** Evaluates expressions in order. A spread must be an array that was created here. */
  #values(nodes: readonly (Expression | SpreadElement)[], locals: Locals | null): Value[] | null {
    const values: Value[] = [];
    for (const node of nodes) {
      const value = this.#value(node.type === 'SpreadElement' ? node.argument : node, locals);
      if (value === null) return null;
      if (node.type !== 'SpreadElement') values.push(value);
      else if (value.kind === 'array' && value.elements !== null) values.push(...value.elements);
      else return null;
    }
    return values;
  }

  #array(
    nodes: readonly (Expression | SpreadElement | null)[],
    locals: Locals | null,
  ): Value | null {
    const elements: Value[] = [];
    let isKnown = true;
    for (const node of nodes) {
      if (node === null) {
        isKnown = false;
        continue;
      }
      const isSpread = node.type === 'SpreadElement';
      const value = this.#value(isSpread ? node.argument : node, locals);
      if (value === null) return null;
      if (!isSpread) elements.push(value);
      else if (value.kind === 'array' && value.elements !== null) elements.push(...value.elements);
      else if (value.kind === 'array' || value.kind === 'collection') isKnown = false;
      else return null;
    }
    return isKnown ? arrayOf(elements) : SOME_ARRAY;
  }

  #object(node: AnyNode & { type: 'ObjectExpression' }, locals: Locals | null): Value | null {
    // All properties are added to one map, because a table of data may have thousands.
    const properties = new Map<string, Value>();
    let isComplete = true;
    let isPlain = true;
    for (const property of node.properties) {
      const isSpread = property.type === 'SpreadElement';
      const value = this.#value(isSpread ? property.argument : property.value, locals);
      if (value === null) return null;
      if (isSpread) {
        const added = spreadable(value);
        if (added === null) return null;
        for (const [key, each] of added.properties) properties.set(key, each);
        isComplete &&= added.isComplete;
        continue;
      }
      let key = plainName(property.key, property.computed);
      if (key === null && (property.computed || property.key.type !== 'Literal')) {
        const known = property.computed ? this.#value(property.key, locals) : null;
        if (known?.kind !== 'primitive' && known?.kind !== 'symbol') return null;
        key = textOf(known);
      }
      if (property.kind !== 'init' || key === '__proto__') isPlain = false;
      if (key === null) isComplete = false;
      else properties.set(key, value);
    }
    return isPlain ? { kind: 'object', properties, isComplete } : UNKNOWN;
  }

  #binary(last: BinaryExpression, locals: Locals | null): Value | null {
    // This does not use recursion, because `'a' + 'b' + 'c' + …` would overflow the stack.
    const chain: BinaryExpression[] = [];
    let first: AnyNode = last;
    for (; first.type === 'BinaryExpression'; first = first.left) chain.push(first);
    let left = first.type === 'PrivateIdentifier' ? null : this.#value(first, locals);
    for (const { operator, right } of chain.reverse()) {
      const value = left && this.#value(right, locals);
      if (left === null || value === null) return null;
      const isComparison = operator === '===' || operator === '!==';
      const arePrimitive = left.kind === 'primitive' && value.kind === 'primitive';
      if (!isComparison && (!arePrimitive || operator === 'in' || operator === 'instanceof'))
        return null;
      left = computed(operator, left, value);
    }
    return left;
  }

  #logical({ operator, left, right }: LogicalExpression, locals: Locals | null): Value | null {
    const value = this.#value(left, locals);
    if (value === null) return null;
    const truth = operator === '??' ? isThere(value) : truthOf(value);
    if (truth !== null && truth === (operator !== '&&')) return value;
    const other = this.#value(right, locals);
    return other && (truth === null ? either(value, other) : other);
  }

  /** Assigns to a variable of a function that is being called. */
  #assign(
    { left, right }: AnyNode & { type: 'AssignmentExpression' },
    locals: Locals | null,
  ): Value | null {
    if (left.type !== 'Identifier') return null;
    const scope = scopeOf(left.name, locals);
    const value = this.#value(right, locals);
    // A variable that is assigned to always has an unknown value; see `FunctionRunner`.
    return (scope?.names.get(left.name) ?? null) && value && UNKNOWN;
  }

  #member(node: AnyNode & { type: 'MemberExpression' }, locals: Locals | null): Value | null {
    if (node.optional || node.object.type === 'Super') return null;
    let root: AnyNode = node;
    while (root.type === 'MemberExpression') root = root.object;
    const isOuter = root.type === 'Identifier' && scopeOf(root.name, locals) === null;
    if (isOuter && root.type === 'Identifier' && this.#names.isGlobal(root.name))
      return this.#names.isLanguageMember(node)
        ? languageMember(root.name, memberName(node))
        : null;
    const object = this.#value(node.object, locals);
    if (object === null) return null;
    let name = plainName(node.property, node.computed);
    if (node.computed && name === null) {
      const key = this.#value(node.property, locals);
      const known = key?.kind === 'primitive' ? key.constant?.value : undefined;
      if (typeof known !== 'string' && typeof known !== 'number') return null;
      name = String(known);
    }
    return name === null || POISONED.has(name) ? null : memberOf(object, name);
  }

  #call(node: AnyNode & { type: 'CallExpression' }, locals: Locals | null): Value | null {
    const { callee } = node;
    if (node.optional || callee.type === 'Super') return null;
    if (callee.type === 'MemberExpression') {
      const { object, property, computed: isComputed, optional } = callee;
      if (optional || object.type === 'Super') return null;
      const method = plainName(property, isComputed);
      if (method === null) return null;
      const pieces = piecesOfText(node);
      if (pieces !== null) {
        const parts = this.#values(pieces, locals);
        return parts?.every(({ kind }) => kind === 'primitive') === true ? joinedText(parts) : null;
      }
      if (object.type === 'Identifier' && this.#isGlobal(object.name, locals)) {
        const values = this.#values(node.arguments, locals);
        const [first] = node.arguments;
        const isFresh = first !== undefined && isMadeHere(first);
        return values && callStatic(object.name, method, values, isFresh);
      }
      const on = this.#value(object, locals);
      const values = on && this.#values(node.arguments, locals);
      if (on === null || values === null) return null;
      if (REARRANGING.has(method) && on.kind === 'array')
        return values.length === 0 && this.#isFreshArray(object, locals)
          ? rearranged(on, method)
          : null;
      if (on.kind === 'object') {
        const member = memberOf(on, method);
        return member && this.#runner.call(member, values);
      }
      const found = callMethod(on, method, values, (each, given) => this.#runner.call(each, given));
      if (found !== null && locals === null)
        this.#called.push(...node.arguments.filter(isFunction));
      return found;
    }
    // Modules compiled to CommonJS call some functions as `(0, name)(…)`.
    const values = this.#values(node.arguments, locals);
    if (values === null) return null;
    if (callee.type === 'Identifier' && this.#isGlobal(callee.name, locals)) {
      if (callee.name === 'RegExp') return regExp(values);
      if (callee.name === 'Symbol')
        return values.every(({ kind }) => kind === 'primitive') ? SYMBOL : null;
    }
    const value = this.#value(callee, locals);
    const found = value && this.#runner.call(value, values);
    if (found !== null && locals === null && isFunction(callee)) this.#called.push(callee);
    return found;
  }

  /** Whether an expression certainly creates an array that no other code has. */
  #isFreshArray(node: AnyNode, locals: Locals | null): boolean {
    if (node.type === 'ArrayExpression') return true;
    const source = copiedBy(node);
    // If it is an object, its method of this name may return something that other code has.
    const on = source && this.#value(source, locals);
    return on?.kind === 'array' || (on?.kind === 'primitive' && textOf(on) !== null);
  }

  #construct(node: AnyNode & { type: 'NewExpression' }, locals: Locals | null): Value | null {
    const { callee } = node;
    if (callee.type !== 'Identifier' || !this.#isGlobal(callee.name, locals)) return null;
    const values = this.#values(node.arguments, locals);
    if (values === null) return null;
    if (callee.name === 'RegExp') return regExp(values);
    return COLLECTIONS.has(callee.name) ? collection(callee.name, values) : null;
  }

  #isGlobal(name: string, locals: Locals | null): boolean {
    return scopeOf(name, locals) === null && this.#names.isGlobal(name);
  }
}
