import type { AnyNode, CallExpression, Program } from 'acorn';
import { memberName } from '../syntax/ancestry';
import type { OuterNames } from '../syntax/scopes';
import { importedName } from './es-exports';
import { requiredBy } from './stars';
import { declaredNames } from './top-level-names';

/** The name of the block that lists the tests of a test file or of a `describe`. No function has such a name. */
export const TEST_NAMES = '#tests';

const FUNCTIONS: ReadonlySet<string> = new Set(['describe', 'it', 'test']);

const JEST_GLOBALS = '@jest/globals';

/** A statement that registers a test or a `describe`: see `Registrations`. */
interface Registration {
  statement: AnyNode;
  /** The titles around it, and its own title. */
  key: string;
  /** The module, or the body of the `describe`, that contains it. */
  container: AnyNode;
}

/**
 * Finds the statements that register a test or a `describe` with Jest and do nothing else. A test does not use the
 * tests beside it. So each test is identified by its titles, and the list of tests is separate from the code around
 * them. Titles that occur twice identify nothing.
 */
export class Registrations {
  readonly #keys = new Map<AnyNode, string>();
  readonly #lists = new Map<AnyNode, string[]>();

  /** @param program Null if no statements should be found. */
  constructor(program: Program | null, names: OuterNames) {
    if (program === null || names.isDynamic) return;
    const finder = new RegistrationFinder(program, names);
    const counts = new Map<string, number>();
    for (const { key } of finder.found) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const { statement, key, container } of finder.found) {
      if (counts.get(key) !== 1) continue;
      this.#keys.set(statement, key);
      const list = this.#lists.get(container);
      if (list === undefined) this.#lists.set(container, [key]);
      else list.push(key);
    }
  }

  /** The key of a statement, made of its titles. Undefined for any other statement. */
  keyOf(statement: AnyNode): string | undefined {
    return this.#keys.get(statement);
  }

  /** The keys of the statements in a module, or in the body of a `describe`. */
  listOf(container: AnyNode): readonly string[] | undefined {
    return this.#lists.get(container);
  }
}

class RegistrationFinder {
  readonly found: Registration[] = [];
  readonly #names: OuterNames;
  readonly #declared: ReadonlySet<string>;
  /** Variables that hold the exports of `@jest/globals`. */
  readonly #holders = new Set<string>();
  /** By variable: the function that it imports. */
  readonly #imported = new Map<string, string>();

  constructor(program: Program, names: OuterNames) {
    this.#names = names;
    this.#declared = new Set(declaredNames(program));
    for (const statement of program.body) this.#noteGlobals(statement);
    this.#search(program, program.body, []);
  }

  #search(container: AnyNode, statements: readonly AnyNode[], titles: readonly string[]): void {
    for (const statement of statements) {
      if (statement.type !== 'ExpressionStatement') continue;
      const call = statement.expression;
      if (call.type !== 'CallExpression' || call.optional) continue;
      const called = this.#calledBy(call);
      const title = called === null ? null : titleOf(call);
      if (title === null) continue;
      const all = [...titles, title];
      const key = JSON.stringify(all);
      const [, body] = call.arguments;
      if (body?.type !== 'ArrowFunctionExpression' && body?.type !== 'FunctionExpression') continue;
      if (called === 'describe') {
        const isPlain = !body.async && !body.generator && body.params.length === 0;
        if (!isPlain || body.body.type !== 'BlockStatement') continue;
        this.#search(body.body, body.body.body, all);
      }
      this.found.push({ statement, key, container });
    }
  }

  /** The name of Jest's function that is called. */
  #calledBy({ callee }: CallExpression): string | null {
    // Example: `(0, _globals.test)`
    const last = callee.type === 'SequenceExpression' ? callee.expressions.at(-1) : callee;
    if (last?.type === 'Identifier') {
      if (!this.#names.references.has(last)) return null;
      const name = this.#declared.has(last.name) ? this.#imported.get(last.name) : last.name;
      return name !== undefined && FUNCTIONS.has(name) ? name : null;
    }
    if (last?.type !== 'MemberExpression' || last.object.type !== 'Identifier') return null;
    const { object } = last;
    if (!this.#holders.has(object.name) || !this.#names.references.has(object)) return null;
    const name = memberName(last);
    return name !== null && FUNCTIONS.has(name) ? name : null;
  }

  #noteGlobals(statement: AnyNode): void {
    if (statement.type === 'VariableDeclaration' && statement.kind === 'const')
      for (const { id, init } of statement.declarations)
        if (id.type === 'Identifier' && init && requiredBy(init) === JEST_GLOBALS)
          this.#holders.add(id.name);
    if (statement.type !== 'ImportDeclaration' || statement.source.value !== JEST_GLOBALS) return;
    for (const one of statement.specifiers) {
      const name = importedName(one);
      if (name !== null) this.#imported.set(one.local.name, name);
    }
  }
}

/** The title of a test, if its only arguments are a title, a function and a time limit. */
function titleOf({ arguments: [title, , time, ...more] }: CallExpression): string | null {
  if (more.length > 0 || (time !== undefined && time.type !== 'Literal')) return null;
  if (title?.type === 'Literal') return typeof title.value === 'string' ? title.value : null;
  if (title?.type !== 'TemplateLiteral' || title.expressions.length > 0) return null;
  return title.quasis[0]?.value.cooked ?? null;
}
