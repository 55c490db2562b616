import * as path from 'node:path';
import { packageFolder } from '../../dependencies/files/paths';
import { getOrCreate } from '../../dependencies/get-or-create';
import { importClosure } from '../../dependencies/resolution/imports';
import { calledByTool } from '../../interception/callers';
import { unobserved } from '../../interception/observer';

/** Tools that read nothing of a project, and need not be transpiled. */
const WELL_KNOWN =
  /[\\/]node_modules[\\/](?:jest-(?:environment-(?:jsdom|node)|circus|jasmine2|runner)|@happy-dom)[\\/]/;

/** Whether a test environment or a runner reads nothing of a project. */
export function isWellKnown(tool: string): boolean {
  return WELL_KNOWN.test(tool);
}

/**
 * The code of the tools of one project. It distinguishes reads by a tool from reads by a test: a tool may read its
 * config when the first test file runs, and keep it.
 */
export class ToolCode {
  /** The tool by file. */
  readonly #tools: ReadonlyMap<string, string>;
  /** Installed tools by the folder of their package. */
  readonly #packages: ReadonlyMap<string, string>;

  private constructor(tools: readonly string[]) {
    this.#packages = new Map(
      tools.flatMap((tool): [string, string][] => {
        const folder = packageFolder(tool);
        return folder === null ? [] : [[folder + path.sep, tool]];
      }),
    );
    this.#tools = new Map(
      tools
        .filter((tool) => packageFolder(tool) === null)
        .flatMap((tool) => [tool, ...importClosure([tool])].map((file) => [file, tool] as const)),
    );
  }

  /**
   * @param tools Absolute paths.
   * @returns Null if all of them are well known.
   */
  static of(tools: readonly string[]): ToolCode | null {
    const watched = tools.filter((tool) => !isWellKnown(tool));
    return watched.length === 0
      ? null
      : getOrCreate(codes, watched.join('\0'), () => unobserved(() => new ToolCode(watched)));
  }

  /** The tool whose code is reading now. Undefined if it is the code of a test. */
  get caller(): string | undefined {
    return calledByTool((file) => this.#toolOf(file));
  }

  #toolOf(file: string): string | undefined {
    const tool = this.#tools.get(file);
    if (tool !== undefined) return tool;
    for (const [folder, owner] of this.#packages) if (file.startsWith(folder)) return owner;
    return undefined;
  }
}

/** One instance per process and list of tools. */
const codes = new Map<string, ToolCode>();
