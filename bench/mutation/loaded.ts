import { createRequire } from 'node:module';
import * as path from 'node:path';
import type * as storeModule from '../../src/store';

/** No campaign makes more environments than this; their ids count from 1. */
const MOST_ENVIRONMENTS = 100;

/**
 * Reads from the tool's database which test files loaded which files.
 * @param tool The tool's copy, whose own store knows the format.
 * @param file The database.
 * @returns Test files by loaded file.
 */
export function readLoaded(tool: string, file: string): Record<string, string[]> {
  const store = createRequire(path.join(tool, 'package.json'))(
    './dist/store',
  ) as typeof storeModule;
  const opened = store.Store.open(file, { readonly: true });
  const loaders = new Map<string, Set<string>>();
  const note = (loaded: string, testFile: string): void => {
    const known = loaders.get(loaded);
    if (known === undefined) loaders.set(loaded, new Set([testFile]));
    else known.add(testFile);
  };
  try {
    for (const id of environmentIds(opened)) {
      const { testFiles, versions, dependencies } = opened.load(id);
      for (const testFile of testFiles.values()) {
        for (const record of testFile.records) {
          for (const { version } of store.decodeBlocks(record.blocks)) {
            const loaded = versions.get(version)?.path;
            if (loaded !== undefined) note(loaded, testFile.path);
          }
          for (const dependency of store.decodeIds(record.dependencies)) {
            const { kind, name } = dependencies.get(dependency) ?? {};
            if (kind === 'file' && name !== undefined) note(name, testFile.path);
          }
        }
      }
    }
  } finally {
    opened.close();
  }
  return Object.fromEntries(
    [...loaders].map(([loaded, testFiles]) => [loaded, [...testFiles].sort()]),
  );
}

function environmentIds(store: storeModule.Store): number[] {
  const ids: number[] = [];
  for (let id = 1; id <= MOST_ENVIRONMENTS; id += 1) {
    try {
      ids.push(store.environment(id).id);
    } catch {
      // There is none of this number.
    }
  }
  return ids;
}
