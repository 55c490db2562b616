import type { AnyNode, Identifier, Pattern, Program } from 'acorn';
import {
  helperName,
  isMethodCall,
  memberName,
  parentOf,
  plainName,
  type Placed,
} from '../syntax/ancestry';
import type { ModuleNames } from './module-names';
import { isInStar, type Star } from './stars';

/** Stands for all exports of a module, and for the list of their names. */
export const ALL_EXPORTS = '*';

/** The name of a use that calls an export as a method of its module. The function gets the exports object as `this`. */
export function asMethod(name: string): string {
  return `${name}${CALL}`;
}

/** The name of a use that only needs the export to exist. If it does not exist, the module cannot be loaded. */
export function asPresent(name: string): string {
  return `${name}${PRESENT}`;
}

/** Returns which export a use refers to, and what it uses of the export. */
export function readUse(use: string): { name: string; kind: 'value' | 'call' | 'presence' } {
  if (use.endsWith(CALL)) return { name: use.slice(0, -CALL.length), kind: 'call' };
  if (use.endsWith(PRESENT)) return { name: use.slice(0, -PRESENT.length), kind: 'presence' };
  return { name: use, kind: 'value' };
}

const CALL = '()';
const PRESENT = '?';

/** What a module does with the modules that it requires or imports. */
export interface ImportUses {
  /** By identifier: the uses at this place. */
  at: ReadonlyMap<AnyNode, readonly ImportUse[]>;
  /** All specifiers that it requires or imports in a way that is understood. */
  specifiers: ReadonlySet<string>;
  /**
   * Specifiers that also occur elsewhere in the module, for example in `jest.requireActual`. All exports of these are
   * used.
   */
  whole: ReadonlySet<string>;
  /** Whether it may also reach modules that it does not require. */
  reachesAny: boolean;
}

/** A use of one export of another module. */
export interface ImportUse {
  specifier: string;
  name: string;
}

/**
 * The mark of a module that was compiled from ES syntax. Code that looks for the mark uses all exports of a module
 * without it.
 */
export const ES_MARKER = '__esModule';

/**
 * Helpers of compilers that return the exports of a module unchanged, and the exports that they use. Some helpers
 * copy the exports of a module that was not ES syntax.
 */
const INTEROP: ReadonlyMap<string, readonly string[]> = new Map([
  ['__importDefault', []],
  ['__importStar', [ES_MARKER]],
  ['_interopRequireDefault', []],
  ['_interopRequireWildcard', [ES_MARKER]],
  ['_interop_require_default', []],
  ['_interop_require_wildcard', [ES_MARKER]],
]);

/** The name that compilers give to the function that returns the `jest` object. */
const JEST_GETTER = '_getJestObj';

/**
 * Finds which exports of other modules a CommonJS module uses.
 * @param stars Statements that pass on the exports of a module. They use nothing themselves.
 */
export function readImports(
  program: Program,
  names: ModuleNames,
  stars: ReadonlyMap<AnyNode, Star>,
): ImportUses {
  return new ImportReader(program, names, stars).read();
}

class ImportReader {
  readonly #program: Program;
  readonly #names: ModuleNames;
  readonly #at = new Map<AnyNode, ImportUse[]>();
  /** Specifiers of the `require` calls that were understood. */
  readonly #understood = new Set<AnyNode>();
  readonly #specifiers = new Set<string>();

  readonly #stars: ReadonlyMap<AnyNode, Star>;

  constructor(program: Program, names: ModuleNames, stars: ReadonlyMap<AnyNode, Star>) {
    this.#program = program;
    this.#names = names;
    this.#stars = stars;
  }

  read(): ImportUses {
    const reachesAny = this.#reachesAny();
    for (const place of this.#names.placesOf('require')) this.#readRequire(place);
    const whole = new Set<string>();
    const loadsAny = reachesAny || this.#loadsAny();
    for (const specifier of this.#specifiers)
      if (loadsAny || this.#isNamedElsewhere(specifier)) whole.add(specifier);
    return { at: this.#at, specifiers: this.#specifiers, whole, reachesAny };
  }

  /** Whether it can reach any module, for example through `require.cache` or `module.children`. */
  #reachesAny(): boolean {
    const { isDynamic, placesOf } = this.#names;
    return (
      isDynamic ||
      placesOf('arguments').length > 0 ||
      placesOf('require').some((place) => !isCallee(place) && !isResolve(place)) ||
      placesOf('module').some(
        ({ around }) => around === null || memberName(around.node) !== 'exports',
      )
    );
  }

  /** Whether it may load a module by a name that is not in the text. */
  #loadsAny(): boolean {
    const places = this.#names.placesOf('require');
    return (
      loadsByAnyName(this.#names) ||
      places.some((place) => isCallee(place) && literalArgument(place) === null)
    );
  }

  #isNamedElsewhere(specifier: string): boolean {
    return this.#names.textsOf(specifier).some((node) => !this.#understood.has(node));
  }

  #readRequire(place: Placed): void {
    if (!isCallee(place)) return;
    const literal = literalArgument(place);
    if (literal === null) return;
    const specifier = literal.value;
    this.#understood.add(literal);
    this.#specifiers.add(specifier);
    if (isInStar(place, this.#stars)) return;
    const note = (at: AnyNode, name: string): void => {
      const uses = this.#at.get(at);
      if (uses === undefined) this.#at.set(at, [{ specifier, name }]);
      else uses.push({ specifier, name });
    };
    const { value, uses } = unwrapped(place.around as Placed);
    for (const name of uses) note(place.node, name);
    this.#readValue(value, (name) => note(place.node, name), note);
  }

  /**
   * Notes how the exports of a module are used.
   * @param value The expression that returns the exports.
   */
  #readValue(
    value: Placed,
    noteHere: (name: string) => void,
    note: (at: AnyNode, name: string) => void,
  ): void {
    const { around } = value;
    const parent = around?.node;
    if (around === null || parent === undefined) return noteHere(ALL_EXPORTS);
    if (parent.type === 'ExpressionStatement') return;
    if (parent.type === 'VariableDeclarator' && parent.init === value.node) {
      if (parent.id.type !== 'Identifier') return patternNames(parent.id).forEach(noteHere);
      const binding = this.#bindingPlaces(parent.id, around);
      if (binding === null) return noteHere(ALL_EXPORTS);
      for (const place of binding)
        if (!isInStar(place, this.#stars))
          for (const name of namesUsed(place)) note(place.node, name);
      return;
    }
    namesUsed(value).forEach(noteHere);
  }

  /** Where a top-level variable is used. Null if the variable is not at the top level. */
  #bindingPlaces(id: Identifier, declarator: Placed): readonly Placed[] | null {
    const declaration = declarator.around;
    if (declaration === null || parentOf(declaration) !== this.#program) return null;
    return this.#names.placesOf(id.name).filter(({ node }) => node !== id);
  }
}

/** Whether a module may load others by names that are not in its text. `require` does not count here. */
export function loadsByAnyName({ loaders, jests, importsAny }: ModuleNames): boolean {
  return (
    importsAny ||
    loaders.some((place) => !isCallOfLiteral(place)) ||
    jests.some((place) => isPassedOn(place))
  );
}

/** The names of the exports that the code around an expression uses of its value. */
export function namesUsed(value: Placed): readonly string[] {
  const { node, around } = value;
  const parent = around?.node;
  if (around === null || parent === undefined) return [ALL_EXPORTS];
  if (parent.type === 'MemberExpression' && parent.object === node) {
    const name = memberName(parent);
    if (name === null) return [ALL_EXPORTS];
    return [isMethodCall(around) ? asMethod(name) : name];
  }
  if (parent.type === 'VariableDeclarator' && parent.init === node) return patternNames(parent.id);
  return [ALL_EXPORTS];
}

/** The names of the exports that a destructuring uses. */
export function patternNames(pattern: Pattern): readonly string[] {
  if (pattern.type !== 'ObjectPattern') return [ALL_EXPORTS];
  return pattern.properties.map((property) =>
    property.type === 'Property'
      ? (plainName(property.key, property.computed) ?? ALL_EXPORTS)
      : ALL_EXPORTS,
  );
}

/** Returns the call of `require` or of a helper around it, and what the helper uses. */
function unwrapped(call: Placed): { value: Placed; uses: readonly string[] } {
  const { around } = call;
  const parent = around?.node;
  const uses =
    parent?.type === 'CallExpression' && parent.arguments[0] === call.node
      ? INTEROP.get(helperName(parent))
      : undefined;
  return around !== null && uses !== undefined
    ? { value: around, uses }
    : { value: call, uses: [] };
}

function isCallee({ node, around }: Placed): boolean {
  return around?.node.type === 'CallExpression' && around.node.callee === node;
}

function isResolve({ around }: Placed): boolean {
  return around !== null && memberName(around.node) === 'resolve' && isCallOfLiteral(around);
}

/** The text that is the only argument of a call. */
function literalArgument({ around }: Placed): (AnyNode & { value: string }) | null {
  const call = around?.node;
  if (call?.type !== 'CallExpression' || call.arguments.length !== 1) return null;
  const [argument] = call.arguments;
  return argument?.type === 'Literal' && typeof argument.value === 'string'
    ? (argument as AnyNode & { value: string })
    : null;
}

/** Whether `….name` or `name` is called with a text as its first argument. */
function isCallOfLiteral(place: Placed): boolean {
  const callee =
    place.around?.node.type === 'MemberExpression' && place.around.node.property === place.node
      ? place.around
      : place;
  const call = callee.around?.node;
  if (call?.type !== 'CallExpression' || call.callee !== callee.node) return false;
  const [argument] = call.arguments;
  return argument?.type === 'Literal' && typeof argument.value === 'string';
}

/** Whether the `jest` object is passed on. Code that gets it may load modules on behalf of this module. */
function isPassedOn(place: Placed): boolean {
  let at = place;
  // Example: `globals_1.jest`
  if (at.around?.node.type === 'MemberExpression' && at.around.node.property === at.node)
    at = at.around;
  const parent = parentOf(at);
  if (parent === null) return true;
  if (parent.type === 'MemberExpression' && parent.object === at.node)
    return memberName(parent) === null;
  // Uses under another name are not searched for, so such an import counts as passed on.
  if (parent.type === 'ImportSpecifier')
    return parent.imported.type !== 'Identifier' || parent.imported.name !== parent.local.name;
  if (parent.type === 'Property' && at.around !== null)
    return parentOf(at.around)?.type !== 'ObjectPattern' || !parent.shorthand;
  for (let outer: Placed | null = at; outer !== null; outer = outer.around)
    if (outer.node.type === 'FunctionDeclaration' && outer.node.id?.name === JEST_GETTER)
      return false;
  return true;
}
