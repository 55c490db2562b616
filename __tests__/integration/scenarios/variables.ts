import { NO_TRANSFORM, testing, type Family } from './scenario';

/** Environment variables. */
export const variables: Family = {
  name: 'environment variables',
  base: {
    env: { FLAVOUR: 'plain', STATION: 'north' },
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
        '__tests__/code.test.js',
        '__tests__/destructured.test.js',
        '__tests__/in.test.js',
      ],
    },
    {
      name: 'a variable that is no longer set',
      edit: () => undefined,
      env: { FLAVOUR: undefined },
      expectRan: [
        '__tests__/all.test.js',
        '__tests__/code.test.js',
        '__tests__/destructured.test.js',
        '__tests__/in.test.js',
        '__tests__/names.test.js',
      ],
    },
    {
      name: 'a variable that was read in vain is set: another of those that there are',
      edit: () => undefined,
      env: { SEASON: 'summer' },
      expectRan: ['__tests__/all.test.js', '__tests__/names.test.js', '__tests__/unset.test.js'],
    },
    {
      name: 'a variable that a test sets before it reads it',
      edit: () => undefined,
      env: { STATION: 'south' },
      expectRan: ['__tests__/all.test.js'],
    },
    {
      name: 'a noisy variable',
      edit: () => undefined,
      env: { TERM: 'another', GITHUB_RUN_ID: '2' },
      expectRan: [],
    },
  ],
};
