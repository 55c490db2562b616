import * as path from 'node:path';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { Reads } from '../../interception/reads';

/** What one tool did with folders. */
interface Folders {
  /** Folders that it made, or would have made if they were missing. */
  made: Set<string>;
  wroteIn: Set<string>;
  wrote: Set<string>;
  /** Folders in which it read files that it had not written itself. */
  readIn: Set<string>;
}

/**
 * The folders in which tools put their results. Example: the test environment of Allure makes `allure-results`, and
 * writes a file there for each test. The content of such a folder comes from other test files and earlier runs, and
 * may be deleted between two runs. So it is not an input. A folder is an output if a tool makes it, writes files in
 * it and reads no other files in it. All paths are absolute.
 */
export class ToolOutputs {
  readonly #byTool = new Map<string, Folders>();

  made(tool: string, folder: string): void {
    this.#of(tool).made.add(folder);
  }

  wrote(tool: string, file: string): void {
    const { wrote, wroteIn } = this.#of(tool);
    wrote.add(file);
    wroteIn.add(path.dirname(file));
  }

  /** It read the content of a file. */
  read(tool: string, file: string): void {
    const { wrote, readIn } = this.#of(tool);
    if (!wrote.has(file)) readIn.add(path.dirname(file));
  }

  note(tool: string, { files, made, wrote }: Reads): void {
    for (const folder of made) this.made(tool, folder);
    for (const file of wrote) this.wrote(tool, file);
    for (const file of files) this.read(tool, file);
  }

  /**
   * Whether it does not matter what existed at a path when the tool looked there.
   * @param wasMissing Whether nothing existed. If so, the answer also covers the folders above the tool's own
   *   folders.
   */
  isOutput(tool: string, file: string, wasMissing: boolean): boolean {
    const folders = this.#byTool.get(tool);
    if (folders === undefined) return false;
    const { made, wroteIn, readIn } = folders;
    return [...made].some(
      (folder) =>
        wroteIn.has(folder) &&
        !readIn.has(folder) &&
        (folder === file || (wasMissing && folder.startsWith(file + path.sep))),
    );
  }

  #of(tool: string): Folders {
    return getOrCreate(this.#byTool, tool, () => ({
      made: new Set<string>(),
      wroteIn: new Set<string>(),
      wrote: new Set<string>(),
      readIn: new Set<string>(),
    }));
  }
}
