import { createRequire } from 'node:module';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Config } from '@jest/types';
import type { RunRequest } from '../../src/controller/run-request';
import { normaliseOptions } from '../../src/config/options';

/** Our built plug points, as a project loads them. */
export const DIST = path.resolve(__dirname, '../../dist');

/** Writes the Jest config of a generated project and reads it as Jest does. */
export async function projectConfig(
  root: string,
  cacheDirectory: string,
): Promise<Config.ProjectConfig> {
  const { readConfig } = createRequire(require.resolve('jest/package.json'))('jest-config') as {
    readConfig: (argv: object, root: string) => Promise<{ projectConfig: Config.ProjectConfig }>;
  };
  fs.writeFileSync(
    path.join(root, 'jest.config.json'),
    JSON.stringify({
      transform: { '\\.js$': [`${DIST}/jest/transform.js`, { testmon: { path: null } }] },
      cacheDirectory,
    }),
  );
  process.env['TESTMON_ROOT'] = root;
  return (await readConfig({ $0: '', _: [] }, root)).projectConfig;
}

/** What a run of a generated project asks of the controller. */
export function runRequest(root: string, dataFile: string): Omit<RunRequest, 'logger'> {
  return {
    options: normaliseOptions({}, {}).options,
    root,
    dataFile,
    composition: null,
    globalKeys: {},
    started: null,
    toolChainChanged: false,
    listing: false,
    select: true,
    openEscapes: [],
    namesTests: [],
    everythingOnce: false,
    collect: true,
    reportSkipped: false,
    verify: false,
    coverage: false,
    coveredByV8: false,
  };
}
