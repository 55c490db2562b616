import { NO_TRANSFORM, testing, type Family } from './scenario';

/** Uses what the variables inherit. */
const INHERITED = `const { env } = process; [env.toString(), env.valueOf(), env.constructor, env.__proto__, 'toString' in env, env[Symbol.iterator]];
expect(env.propertyIsEnumerable('hasOwnProperty')).toBe(false);`;

/** Passes all variables on, as Node's own can be. */
const CLONED = `const { MessageChannel, Worker } = require('node:worker_threads'); const { port1 } = new MessageChannel();
structuredClone({ env: process.env }); port1.postMessage([process.env]); port1.close();
new Worker('', { eval: true, workerData: { env: process.env } }).postMessage(process.env);`;

/** Environment variables. */
export const variables: Family = {
  name: 'environment variables',
  base: {
    env: {
      FLAVOUR: 'plain',
      STATION: 'north',
      npm_package_version: '1.0.0',
      npm_config_port: '80',
      npm_package_json: 'package.json',
    },
    files: {
      ...NO_TRANSFORM,
      'src/flavour.js': 'exports.flavour = () => process.env.FLAVOUR;\n',
      '__tests__/code.test.js': testing(
        "expect(require('../src/flavour').flavour()).not.toBe('');",
      ),
      '__tests__/destructured.test.js': testing(
        "const { FLAVOUR } = process.env; expect(FLAVOUR).not.toBe('');",
      ),
      '__tests__/in.test.js': testing("expect(typeof ('FLAVOUR' in process.env)).toBe('boolean');"),
      '__tests__/unset.test.js': testing("expect(process.env.SEASON).not.toBe('');"),
      '__tests__/own.test.js': testing(
        "process.env.STATION = 'own'; expect(process.env.STATION).toBe('own');",
      ),
      '__tests__/noisy.test.js': testing(
        "expect(process.env.TERM + process.env.GITHUB_RUN_ID).not.toBe('');",
      ),
      '__tests__/all.test.js': testing(
        'expect(Object.keys({ ...process.env }).length).toBeGreaterThan(0);',
      ),
      '__tests__/names.test.js': testing(
        'expect(Reflect.ownKeys(process.env).length).toBeGreaterThan(0);',
      ),
      '__tests__/deleted.test.js': testing(
        'delete process.env.FLAVOUR; expect(process.env.FLAVOUR).toBe(undefined);',
      ),
      '__tests__/version.test.js': testing(
        'const { npm_package_version } = process.env; expect(npm_package_version).toMatch(/^1/);',
      ),
      '__tests__/port.test.js': testing("expect('npm_config_port' in process.env).toBe(true);"),
      '__tests__/has-own.test.js': testing(
        "expect([process.env.hasOwnProperty('FLAVOUR'), process.env.hasOwnProperty('SEASON')]).toHaveLength(2);",
      ),
      '__tests__/inspected.test.js': testing(
        "expect(require('node:util').inspect(process.env)).not.toBe('');",
      ),
      '__tests__/inherited.test.js': testing(INHERITED),
      '__tests__/inherited-in-child.test.js': testing(
        `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(INHERITED.replace(/expect.*/, ''))}]);`,
      ),
      '__tests__/cloned-in-child.test.js': testing(
        `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(CLONED)}]);`,
      ),
      '__tests__/nothing.test.js': testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    {
      name: 'a variable that tests and their code read',
      edit: () => undefined,
      env: { FLAVOUR: 'strong' },
      expectRan: [
        '__tests__/all.test.js',
        '__tests__/cloned-in-child.test.js',
        '__tests__/code.test.js',
        '__tests__/destructured.test.js',
        '__tests__/has-own.test.js',
        '__tests__/in.test.js',
        '__tests__/inspected.test.js',
      ],
    },
    {
      name: 'a variable that is no longer set',
      edit: () => undefined,
      env: { FLAVOUR: undefined },
      expectRan: [
        '__tests__/all.test.js',
        '__tests__/cloned-in-child.test.js',
        '__tests__/code.test.js',
        '__tests__/destructured.test.js',
        '__tests__/has-own.test.js',
        '__tests__/in.test.js',
        '__tests__/inspected.test.js',
        '__tests__/names.test.js',
      ],
    },
    {
      name: 'a variable that was read in vain is set: another of those that there are',
      edit: () => undefined,
      env: { SEASON: 'summer' },
      expectRan: [
        '__tests__/all.test.js',
        '__tests__/cloned-in-child.test.js',
        '__tests__/has-own.test.js',
        '__tests__/inspected.test.js',
        '__tests__/names.test.js',
        '__tests__/unset.test.js',
      ],
    },
    {
      name: 'a variable that a test sets before it reads it',
      edit: () => undefined,
      env: { STATION: 'south' },
      expectRan: [
        '__tests__/all.test.js',
        '__tests__/cloned-in-child.test.js',
        '__tests__/inspected.test.js',
      ],
    },
    {
      name: 'what npm says of the package, to a test that asks for it',
      edit: () => undefined,
      env: { npm_package_version: '1.0.1' },
      expectRan: ['__tests__/version.test.js'],
    },
    {
      name: 'a setting of npm, to a test that asks for it and copies all variables',
      edit: () => undefined,
      env: { npm_config_port: undefined },
      expectRan: ['__tests__/port.test.js'],
      expectExit: 1,
    },
    {
      name: 'what else npm sets, and in another way',
      edit: () => undefined,
      env: { npm_package_name: 'named', npm_package_json: undefined, npm_lifecycle_event: 'npx' },
      expectRan: [],
    },
    {
      name: 'a noisy variable',
      edit: () => undefined,
      env: { TERM: 'another', GITHUB_RUN_ID: '2' },
      expectRan: [],
    },
  ],
};
