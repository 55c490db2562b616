import type { Config } from '@jest/types';
import { composeInPlace } from '../../src/config/compose-in-place';
import { plugPoints } from '../../src/config/plug-points';
import { asUserWroteIt } from '../../src/run/handover';

type Entry = Config.ProjectConfig['transform'][number];

/** As Jest holds a config: frozen on its top level only. */
function jestConfig(transform: Entry[], keys: Partial<Config.ProjectConfig> = {}) {
  return Object.freeze({
    rootDir: __dirname,
    testEnvironment: plugPoints.environment,
    testEnvironmentOptions: {},
    testRunner: '/jest-circus/runner.js',
    transform,
    ...keys,
  }) as unknown as Config.ProjectConfig;
}

const RECORDING = { collect: true };
const BABEL: Entry = ['\\.js$', '/babel-jest.js', { some: 'options' }];

describe('composing a config that Jest holds already', () => {
  test('ours stands before each transformer and where there is none, and can be taken away again', () => {
    const config = jestConfig([BABEL]);
    expect(composeInPlace(config, RECORDING, false)).toBe(true);
    const { transform } = config;
    expect(transform.map(([, file]) => file)).toEqual([plugPoints.transform, plugPoints.transform]);
    expect(transform[0]?.[2]).toMatchObject({
      testmon: {
        path: BABEL[1],
        options: BABEL[2],
        runner: config.testRunner,
        environment: require.resolve('jest-environment-node'),
      },
    });
    expect(asUserWroteIt(config)).toMatchObject({
      transform: [BABEL],
      testEnvironment: require.resolve('jest-environment-node'),
    });
    // Jest keeps its configs while it watches.
    const before = [...transform];
    expect(composeInPlace(config, RECORDING, false)).toBe(true);
    expect(transform).toEqual(before);
  });

  test('without a transformer, ours is the only one; a report by V8 would show it', () => {
    const config = jestConfig([]);
    composeInPlace(config, RECORDING, false);
    expect(config.transform).toHaveLength(1);
    const covered = jestConfig([]);
    expect(composeInPlace(covered, RECORDING, true)).toBe(true);
    expect(covered.transform).toEqual([]);
  });

  test('one that names ours by hand keeps what it says', () => {
    const config = jestConfig([['\\.js$', plugPoints.transform, { testmon: { path: BABEL[1] } }]]);
    composeInPlace(config, RECORDING, false);
    expect(config.transform[0]?.[2]).toMatchObject({
      testmon: { path: BABEL[1], runner: config.testRunner },
    });
  });

  test('where the environment is not ours, nothing is changed', () => {
    const config = jestConfig([BABEL], { testEnvironment: '/jest-environment-node.js' });
    expect(composeInPlace(config, RECORDING, false)).toBe(true);
    expect(config.transform).toEqual([BABEL]);
  });

  test('where Jest froze the list, it says so, and nothing is changed', () => {
    const config = jestConfig(Object.freeze([BABEL]) as Entry[]);
    expect(composeInPlace(config, RECORDING, false)).toBe(false);
    expect(config.transform).toEqual([BABEL]);
  });
});
