import type { TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { packScripts, type CountedFile } from '../../coverage/scripts';
import { contentHash } from '../../dependencies/files/content';
import { fromStored, toStored } from '../../dependencies/files/paths';
import { getOrCreate } from '../../dependencies/get-or-create';
import { unwatched } from '../../interception/observer';
import { replace } from '../../interception/patched';
import { isStoredPath } from '../../records/checks';
import type { CountedScripts } from '../../records/coverage';
import { scriptsKey } from '../../run/scripts-key';
import { swallowed } from '../../terminal/debug';
import type { RunnerRuntime } from '../user-runner';

/** What V8 counted while a test file ran, as Jest puts it into the result. */
export type V8Coverage = NonNullable<TestResult['v8Coverage']>;

/** What else decides on what was counted. */
export interface CountingContext {
  globalConfig: Config.GlobalConfig;
  config: Config.ProjectConfig;
  /** The root that stored paths are relative to. */
  root: string;
}

/**
 * Watches what Jest takes out of its runtime for the result of a test file.
 * @param note Called before Jest gets it.
 */
export function watchScripts(runtime: RunnerRuntime, note: (counted: V8Coverage) => void): void {
  const { getAllV8CoverageInfoCopy: original } = runtime as {
    getAllV8CoverageInfoCopy?: () => V8Coverage;
  };
  if (typeof original !== 'function') return;
  replace('runtime', runtime, 'getAllV8CoverageInfoCopy', () => {
    const counted = original.call(runtime);
    note(counted);
    return counted;
  });
}

/**
 * Reads what V8 counted while a test file ran.
 * @returns Null where a later run could not tell whether it still holds.
 */
export function scriptsOf(
  counted: V8Coverage,
  { globalConfig, config, root }: CountingContext,
): CountedScripts | null {
  // What is covered then depends on what the user's version control says.
  if (globalConfig.onlyChanged) return null;
  try {
    const files = new Map<string, CountedFile>();
    for (const { result, codeTransformResult: output } of counted) {
      const path = toStored(root, result.url);
      if (!isStoredPath(path) || fromStored(root, path) !== result.url) return null;
      const text = contentHash(output?.code ?? unwatched.readFileSync(result.url));
      const file = getOrCreate(files, path, () => ({
        text,
        isTransformed: output !== undefined,
        wrapperLength: (output as { wrapperLength?: number } | undefined)?.wrapperLength ?? null,
        scripts: [],
      }));
      // One file in two forms: of which of them the counts are is unknown.
      if (file.text !== text) return null;
      file.scripts.push(result.functions);
    }
    return {
      key: scriptsKey(globalConfig, config, root),
      files: Array.from(files, ([path, file]) => ({ path, packed: packScripts(file) })),
    };
  } catch (error) {
    swallowed(
      'recording',
      error,
      'reading what V8 counted; the test file has no coverage to carry',
    );
    return null;
  }
}
