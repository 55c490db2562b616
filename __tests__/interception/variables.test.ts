import { inspect } from 'node:util';
import { runInThisContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { installCommonGlobals } from 'jest-util';
import { watchedVariables } from '../../src/interception/variables/variables';

/** What code may do with `env`. The value is the last expression's. */
const USES = [
  "env.hasOwnProperty('SET')",
  "env.hasOwnProperty('UNSET')",
  "env.propertyIsEnumerable('SET')",
  'env.toString()',
  'env.toLocaleString()',
  'env.valueOf() === env',
  'env.constructor === Object.getPrototypeOf(env).constructor',
  'env.isPrototypeOf({})',
  'env.__proto__ === Object.getPrototypeOf(env)',
  'Object.create(env).__proto__ === env',
  'env.__lookupGetter__ !== undefined',
  'String(env)',
  '`${env}`',
  'env + 1',
  "['toString', 'hasOwnProperty', '__proto__', 'SET', 'UNSET', Symbol.iterator, Symbol.toStringTag, 7].map((key) => key in env)",
  "['toString', 'SET', 'UNSET', '__proto__'].map((key) => Object.hasOwn(env, key))",
  '[env.then, env.toJSON, env[Symbol.toPrimitive], env[Symbol.toStringTag], env[Symbol.iterator], env[0]]',
  'Object.prototype.toString.call(env)',
  'Object.entries(env).length === Object.keys(env).length && env.SET',
  "Object.getOwnPropertyDescriptor(env, 'SET')",
  "Object.getOwnPropertyDescriptor(env, 'toString')",
  'Object.getOwnPropertyDescriptors(env).SET',
  'Reflect.ownKeys(env).length === new Set(Reflect.ownKeys(env)).size',
  '({ ...env }).SET',
  'Object.assign({}, env).SET',
  'JSON.parse(JSON.stringify(env)).SET',
  'const names = []; for (const name in env) names.push(name); names.sort().join() === Object.keys(env).sort().join()',
  "/SET: 'set'/.test(inspect(env))",
  'inspect(env).slice(0, 2)',
  'inspect({ env }, { depth: 0 })',
  "env.NUMBER = 1; [typeof env.NUMBER, Object.getOwnPropertyDescriptor(env, 'NUMBER')]",
  'env.NOTHING = undefined; env.NOTHING',
  'env.NOTHING = null; env.NOTHING',
  "env[7] = '8'; [env[7], env['7'], 7 in env]",
  "env.SYMBOL = Symbol('s')",
  "env[Symbol.for('s')] = 'x'; env[Symbol.for('s')]",
  'delete env[Symbol.for("s")]',
  'env.OBJECT = { toString() { throw new Error("no text"); } }',
  'delete env.SET; [env.SET, "SET" in env, delete env.SET]',
  'delete env.toString; typeof env.toString',
  "env.toString = 'own'; [env.toString, Object.hasOwn(env, 'toString'), delete env.toString, typeof env.toString]",
  "const heir = Object.create(env); heir.HEIR = '1'; [Object.keys(heir), env.HEIR, heir.SET]",
  "Reflect.set(env, 'REFLECTED', 1, {})",
  "Reflect.get(env, 'SET', {})",
  "Object.defineProperty(env, 'DEFINED', { value: '1', configurable: true, writable: true, enumerable: true }); [env.DEFINED, delete env.DEFINED]",
  "Object.defineProperty(env, 'HALF', { value: '1', configurable: true }); env.HALF",
  "Object.defineProperty(env, 'FIXED', { value: '1' }); [env.FIXED, Object.keys(env).includes('FIXED')]",
  "Object.defineProperty(env, 'GETTER', { get() { return this === env; }, configurable: true }); env.GETTER",
  "'use strict'; env.FIXED = '2'; env.FIXED",
  "'use strict'; delete env.FIXED",
  "Object.setPrototypeOf(env, { inherited: 'yes' }); [env.inherited, 'inherited' in env, Object.hasOwn(env, 'inherited')]",
  '[Object.isExtensible(env), Object.isFrozen(env), Object.isSealed(env)]',
  'Object.preventExtensions(env); Object.isExtensible(env)',
  "'use strict'; env.LATE = '1'; env.LATE",
  // Node's own message names what it was called with, that of a proxy what was asked of it.
  'const freeze = () => { try { return Object.isFrozen(Object.freeze(env)) } catch ({ name }) { return name } }; freeze()',
  "'use strict'; env.SET = 'other'; env.SET",
  "'use strict'; delete env.NUMBER",
];

/** What each use gives, one after the other, as they change the variables. */
function outcomes(env: NodeJS.ProcessEnv, uses: readonly string[] = USES): string[] {
  return uses.map((use) => {
    try {
      const statements = use.split('; ');
      const body = `${statements.slice(0, -1).join('; ')}; return ${statements.at(-1) ?? ''};`;
      const strict = use.startsWith("'use strict'") ? "'use strict';" : '';
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- The uses stand in a table.
      const run = new Function('env', 'inspect', strict + body) as (...args: unknown[]) => unknown;
      return `${use} gives ${inspect(run(env, inspect))}`;
    } catch (error) {
      return `${use} throws ${String(error)}`;
    }
  });
}

const NOBODY = { asked: () => true, askedForNames: () => true };

/** The variables of a test environment, as Jest makes them. */
function ofJest(): NodeJS.ProcessEnv {
  const scope = { Symbol, Date } as unknown as typeof globalThis;
  return Object.assign(installCommonGlobals(scope, {}).process.env, { SET: 'set' });
}

test('the variables of a test environment behave as without us', () => {
  expect(outcomes(watchedVariables(ofJest(), NOBODY))).toEqual(outcomes(ofJest()));
});

test("Node's own variables, as children have them, behave as without us", () => {
  const { env } = runInThisContext('process') as NodeJS.Process;
  const before = { ...env };
  const prototype = Object.getPrototypeOf(env) as object;
  const given = (used: NodeJS.ProcessEnv): string[] => {
    env.SET = 'set';
    try {
      return outcomes(used);
    } finally {
      Object.setPrototypeOf(env, prototype);
      for (const name of Object.keys(env)) if (!(name in before)) Reflect.deleteProperty(env, name);
    }
  };
  expect(given(watchedVariables(env, NOBODY))).toEqual(given(env));
});

describe('what counts', () => {
  const seen = (use: string): string[] => {
    const names: string[] = [];
    const listener = {
      asked: (name: string) => names.push(name) > 0,
      askedForNames: () => names.push('*') > 0,
    };
    outcomes(watchedVariables(ofJest(), listener), [use]);
    return names;
  };

  test.each([
    "env.hasOwnProperty('SET')",
    "Object.prototype.hasOwnProperty.call(env, 'SET')",
    "env.propertyIsEnumerable('SET')",
    "Object.hasOwn(env, 'SET')",
    "Reflect.has(env, 'SET')",
    'Object.create(env).SET',
    "Reflect.get(env, 'SET', {})",
    "env.__lookupGetter__('SET')",
  ])('%s asks for the variable', (use) => {
    expect(seen(use)).toContain('SET');
  });

  test.each([
    'inspect(env)',
    'inspect({ env })',
    'env.SET = 1; ({ ...env })',
    'Object.freeze(env)',
  ])('%s asks for all names', (use) => {
    expect(seen(use)).toContain('*');
  });

  test.each(["env.SET = '1'; env.SET", 'delete env.SET; env.SET'])('%s asks for nothing', (use) => {
    expect(seen(use)).toEqual([]);
  });

  test('a variable that could not be set counts when it is read', () => {
    expect(seen("try { env.SET = Symbol('s'); } catch {}; env.SET")).toEqual(['SET']);
  });
});
