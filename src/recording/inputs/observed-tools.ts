import { fromStored } from '../../dependencies/files/paths';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { Dependency } from '../../records/types';
import { Accumulator } from '../accumulator';
import type { ToolCode } from './tool-code';
import { LOST } from './path-inputs';
import { noteWorkOf, toolInputs } from './tool-inputs';

/** The modules of the user that run in Jest's own process for a test file. */
export interface ToolsAtWork {
  /** Absolute paths: see `ToolInputs`. */
  tools: readonly string[];
  /** The code of the tools that work while tests run. Null if none of them reads anything. */
  toolCode: ToolCode | null;
}

/** What the tools of a project read while one test file is recorded. They may keep it for later test files. */
export class ObservedTools {
  /** Absolute paths. */
  readonly #tools: readonly string[];
  /** Null if no working tool reads anything. */
  readonly #code: ToolCode | null;
  readonly #root: string;
  /** Stored path of the test file. */
  readonly #testFile: string;
  readonly #found = new Map<string, Accumulator>();
  readonly #unwatch: (() => void) | undefined;
  /** The tool whose action is being reported. */
  #tool: string | undefined;

  /**
   * @param root Absolute path of the root that stored paths are relative to.
   * @param testFile Stored path.
   */
  constructor({ tools, toolCode }: ToolsAtWork, root: string, testFile: string) {
    this.#tools = tools;
    this.#code = toolCode;
    this.#root = root;
    this.#testFile = testFile;
    this.#unwatch = toolCode === null ? undefined : noteWorkOf(() => toolCode.caller);
  }

  /**
   * Code does something to the file system. @param report Reports it, and receives the tool that the code belongs to.
   */
  byCaller(report: (tool: string | undefined) => void): void {
    const outer = this.#tool;
    this.#tool = outer ?? this.#code?.caller;
    try {
      report(this.#tool);
    } finally {
      this.#tool = outer;
    }
  }

  /** Takes a dependency of the tool that is reported. @returns False if no tool is. */
  take(dependency: Dependency): boolean {
    if (this.#tool === undefined) return false;
    getOrCreate(this.#found, this.#tool, () => new Accumulator()).depend(dependency);
    return true;
  }

  /** Call it when the test file has ended. */
  stop(): void {
    this.#unwatch?.();
  }

  /**
   * From now on, what a tool reads belongs to the tool, which may keep it for later test files.
   * @param tool Absolute path.
   * @param seen Everything that the test file depends on.
   * @returns A function that ends this.
   */
  watch(tool: string, { dependencies }: Accumulator): () => void {
    const before = new Set(dependencies.keys());
    return () => {
      for (const [key, dependency] of dependencies)
        if (!before.has(key) && isForOthers(dependency, this.#testFile))
          toolInputs.noteRecorded(tool, dependency);
    };
  }

  /** What tools read, for this or earlier test files, without their own outputs. */
  *inputs(): Generator<Dependency> {
    yield* this.#own();
    yield* toolInputs.recorded(this.#tools);
    if (!toolInputs.areSeen(this.#tools)) yield LOST;
  }

  *#own(): Generator<Dependency> {
    for (const [tool, { dependencies }] of this.#found)
      for (const dependency of dependencies.values()) {
        if (this.#isOutput(tool, dependency)) continue;
        yield dependency;
        if (isForOthers(dependency, this.#testFile)) toolInputs.noteRecorded(tool, dependency);
      }
  }

  #isOutput(tool: string, { kind, name }: Dependency): boolean {
    return (
      (kind === 'absent' || kind === 'present' || kind === 'listing') &&
      toolInputs.outputs.isOutput(tool, fromStored(this.#root, name), kind === 'absent')
    );
  }
}

/** Whether a tool may use what it read for another test file. It does not if the file is named like this test file. */
function isForOthers({ kind, name }: Dependency, testFile: string): boolean {
  return (
    (kind === 'file' || kind === 'absent' || kind === 'present' || kind === 'listing') &&
    stemOf(name) !== stemOf(testFile)
  );
}

/** The name of a file up to its first dot. */
function stemOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).replace(/\..*$/, '');
}
