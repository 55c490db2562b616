import * as path from 'node:path';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { Reads } from '../../interception/reads';

/** What one tool did with folders. */
interface Folders {
  /** It makes them where they are missing. */
  made: Set<string>;
  wroteIn: Set<string>;
  wrote: Set<string>;
  /** It read files in them that it has not written itself. */
  readIn: Set<string>;
}

/**
 * The folders that tools put their results into. Example: the test environment of Allure makes `allure-results`, and
 * writes a file there for each test. What is in such a folder comes from other test files and from earlier runs, and may
 * be deleted between two runs, so it is no input. A folder is one of these where a tool makes it, writes files there and
 * reads no others. All paths are absolute.
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

  /** It read a file's content. */
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
   * Whether it is of no consequence what was at a path when a tool looked there.
   * @param wasMissing Whether nothing was: then this is also said of the folders above the tool's own.
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
