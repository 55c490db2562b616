import * as path from 'node:path';
import { packageRoot } from '../dependencies/files/paths';
import { readText, type Change } from './change';
import { UnclearSourceError, wrapConfigSource } from './config-source';
import { configFromJson, takeJestKey } from './json-config';

/**
 * Returns the changes that add `withTestmon` to a project's config.
 * @param configPath Absolute path of the file that Jest reads the config from. Without a config it is the
 *   package.json.
 * @throws {UnclearSourceError} If the user must edit the config by hand.
 */
export function configChanges(configPath: string): Change[] {
  const before = readText(configPath);
  if (before === null) throw new UnclearSourceError('it cannot be read');
  const name = path.basename(configPath);
  const created = path.join(path.dirname(configPath), 'jest.config.js');
  if (name === 'package.json') {
    const taken = takeJestKey(before);
    const text = configFromJson(taken?.json ?? '{}', isModulePackage(configPath));
    const file = { file: created, before: null, after: text };
    return taken === null ? [file] : [{ file: configPath, before, after: taken.rest }, file];
  }
  if (name.endsWith('.json')) {
    // A script may pass any other file name to Jest.
    if (name !== 'jest.config.json')
      throw new UnclearSourceError('JSON cannot call a function, and it is not where Jest looks');
    const text = configFromJson(before.trim(), isModulePackage(configPath));
    return [
      { file: configPath, before, after: null },
      { file: created, before: null, after: text },
    ];
  }
  const after = wrapConfigSource(before, /\.[cm]?ts$/.test(name));
  return [{ file: configPath, before, after }];
}

function isModulePackage(configPath: string): boolean {
  const manifest = readText(path.join(packageRoot(path.dirname(configPath)), 'package.json'));
  try {
    return (JSON.parse(manifest ?? '{}') as { type?: string }).type === 'module';
  } catch {
    // The package.json is invalid. Node treats the package as CommonJS, or refuses it as well.
    return false;
  }
}
