import { fromStored } from '../../dependencies/files/paths';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { Dependency } from '../../records/types';
import { Accumulator } from '../accumulator';
import type { ToolCode } from './tool-code';
import { LOST } from './path-inputs';
import { noteWorkOf, toolInputs } from './tool-inputs';

/** The modules of the user's that run in Jest's own process for a test file. */
export interface ToolsAtWork {
  /** As absolute paths; see `ToolInputs`. */
  tools: readonly string[];
  /** The code of those that are at work while tests run; null where these read nothing. */
  toolCode: ToolCode | null;
}

/** What the tools of a project read while one test file is recorded. They may keep it for the test files after it. */
export class ObservedTools {
  /** Absolute paths. */
  readonly #tools: readonly string[];
  /** Null where no tool at work reads anything. */
  readonly #code: ToolCode | null;
  readonly #root: string;
  /** Stored path of the test file. */
  readonly #testFile: string;
  readonly #found = new Map<string, Accumulator>();
  readonly #unwatch: (() => void) | undefined;
  /** The tool whose doing is reported just now. */
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

  /** Code does something to the file system. @param report Reports it, with the tool whose code it is. */
  byCaller(report: (tool: string | undefined) => void): void {
    const outer = this.#tool;
    this.#tool = outer ?? this.#code?.caller;
    try {
      report(this.#tool);
    } finally {
      this.#tool = outer;
    }
  }

  /** @returns False where it is not the doing of a tool. */
  take(dependency: Dependency): boolean {
    if (this.#tool === undefined) return false;
    getOrCreate(this.#found, this.#tool, () => new Accumulator()).depend(dependency);
    return true;
  }

  /** The test file has come to its end. */
  stop(): void {
    this.#unwatch?.();
  }

  /**
   * What a tool reads from now on is its own, and it may keep that for the test files after this one.
   * @param tool Absolute path.
   * @param seen All that the test file depends on.
   * @returns To be called at the end of that.
   */
  watch(tool: string, { dependencies }: Accumulator): () => void {
    const before = new Set(dependencies.keys());
    return () => {
      for (const [key, dependency] of dependencies)
        if (!before.has(key) && isForOthers(dependency, this.#testFile))
          toolInputs.noteRecorded(tool, dependency);
    };
  }

  /** What tools read, now or for earlier test files, that is no output of theirs. */
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

/** Whether a tool may use what it read for another test file: what is named like this one is of no use for it. */
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
