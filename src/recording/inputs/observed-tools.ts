import { fromStored } from '../../dependencies/files/paths';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { Dependency } from '../../records/types';
import { Accumulator } from '../accumulator';
import type { ToolCode } from './tool-code';
import { noteWorkOf, toolInputs } from './tool-inputs';

/** What the tools of a project read while one test file is recorded. They may keep it for the test files after it. */
export class ObservedTools {
  readonly #code: ToolCode;
  readonly #root: string;
  /** Stored path of the test file. */
  readonly #testFile: string;
  readonly #found = new Map<string, Accumulator>();
  readonly #unwatch: () => void;
  /** The tool whose doing is reported just now. */
  #tool: string | undefined;

  /** @param root Absolute path of the root that stored paths are relative to. */
  constructor(code: ToolCode, root: string, testFile: string) {
    this.#code = code;
    this.#root = root;
    this.#testFile = testFile;
    this.#unwatch = noteWorkOf(() => code.caller);
  }

  /** Code does something to the file system. @param report Reports it, with the tool whose code it is. */
  byCaller(report: (tool: string | undefined) => void): void {
    const outer = this.#tool;
    this.#tool = outer ?? this.#code.caller;
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
    this.#unwatch();
  }

  /** What tools read that is no output of theirs. */
  *inputs(): Generator<Dependency> {
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
export function isForOthers({ kind, name }: Dependency, testFile: string): boolean {
  return (
    (kind === 'file' || kind === 'absent' || kind === 'present' || kind === 'listing') &&
    stemOf(name) !== stemOf(testFile)
  );
}

/** The name of a file up to its first dot. */
function stemOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).replace(/\..*$/, '');
}
