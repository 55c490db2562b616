import { packageFolder } from '../../dependencies/files/paths';
import { getOrCreate } from '../../dependencies/get-or-create';
import { askInProcess } from '../../interception/modules/resolver-process';
import {
  readsDuring,
  readsDuringAsync,
  unobserved,
  watchLoadsOfTools,
} from '../../interception/observer';
import type { Reads } from '../../interception/reads';
import {
  noteToolVariable,
  observeVariables,
  toolVariable,
  variablesDuring,
} from '../../interception/variables/tool-variables';
import { questionOf } from '../../records/question';
import type { Dependency } from '../../records/types';
import { inputValues, type TransformInput } from '../../transform/input-values';
import { transformerReads } from '../../transform/transformer-reads';
import { ToolOutputs } from './tool-outputs';

/**
 * What tools read. A tool is a module that a Jest config names and that runs in Jest's own process: a resolver, a
 * test environment, a runner. Tools keep what they read in memory, so it counts for every later test file of the
 * process. All tools are absolute paths.
 */
class ToolInputs {
  /** By tool, and by path: what it read, with the value of that time. */
  readonly #inputs = new Map<string, Map<string, TransformInput>>();
  /** By tool: what it read while a test file was recorded. */
  readonly #recorded = new Map<string, Map<string, Dependency>>();
  /** Tools that were loaded in a process of their own, and whether that worked. */
  readonly #seenElsewhere = new Map<string, boolean>();

  readonly outputs = new ToolOutputs();

  /** Loads or runs a tool in this process, and notes what it reads. */
  during<T>(tool: string, work: () => T): T {
    const { result, asked } = variablesDuring(() => readsDuring(work));
    unobserved(() => this.note(tool, result.reads, asked));
    return result.result;
  }

  /** The asynchronous form. */
  async duringAsync<T>(tool: string, work: () => Promise<T>): Promise<T> {
    const asked = new Set<string>();
    // What other code reads meanwhile counts as well.
    const stop = observeVariables((name) => asked.add(name));
    const { result, reads } = await readsDuringAsync(work).finally(stop);
    unobserved(() => this.note(tool, reads, [...asked]));
    return result;
  }

  /** A tool read something. The packages that it loads count in the environment. */
  note(tool: string, reads: Reads, variables: readonly string[] = []): void {
    this.outputs.note(tool, reads);
    const known = getOrCreate(this.#inputs, tool, () => new Map<string, TransformInput>());
    const add = (
      names: readonly string[],
      key: string,
      input: (name: string) => TransformInput,
    ) => {
      for (const name of names) getOrCreate(known, name + key, () => input(name));
    };
    const ofProject = (names: readonly string[]) =>
      names.filter((name) => packageFolder(name) === null);
    add(ofProject(reads.modules), '', (file) => inputValues.loaded(file));
    add(reads.files, '', (file) => inputValues.file(file));
    add(ofProject(reads.looked), '', (file) => inputValues.presence(file));
    add(ofProject(reads.folders), '/', (folder) => inputValues.listing(folder));
    for (const name of variables) this.noteVariable(tool, name);
  }

  /** A tool read a variable, or the names of all variables. */
  noteVariable(tool: string, name: string): void {
    const known = getOrCreate(this.#inputs, tool, () => new Map<string, TransformInput>());
    getOrCreate(known, `$${name}`, () => ({ kind: 'variable', name, value: toolVariable(name) }));
  }

  /** A tool read something while a test file was recorded. The record of that test file already has it. */
  noteRecorded(tool: string, dependency: Dependency): void {
    const known = getOrCreate(this.#recorded, tool, () => new Map<string, Dependency>());
    getOrCreate(known, questionOf(dependency), () => dependency);
  }

  /**
   * Loads a tool in a process of its own, because this process cannot observe what it reads.
   * @param root Absolute path of the root that stored paths are relative to.
   */
  seeElsewhere(root: string, tool: string): void {
    if (this.#seenElsewhere.has(tool)) return;
    this.#seenElsewhere.set(tool, false);
    const ask = () => askInProcess(tool);
    const { result, reads } = transformerReads(root, ask, noteToolVariable);
    this.note(tool, { ...reads, looked: [...reads.looked, ...reads.missing] });
    this.#seenElsewhere.set(tool, result);
  }

  /** Whether everything that the tools read is known. */
  areSeen(tools: readonly string[]): boolean {
    return tools.every((tool) => this.#seenElsewhere.get(tool) !== false);
  }

  /** What the tools have read in this process so far, with absolute paths. */
  inputs(tools: readonly string[]): TransformInput[] {
    return tools.flatMap((tool) =>
      [...(this.#inputs.get(tool)?.values() ?? [])].filter(
        ({ kind, name }) =>
          kind === 'file' ||
          kind === 'variable' ||
          !this.outputs.isOutput(tool, name, kind === 'absent'),
      ),
    );
  }

  /** What the tools read while test files were recorded in this process. */
  recorded(tools: readonly string[]): Dependency[] {
    return tools.flatMap((tool) => [...(this.#recorded.get(tool)?.values() ?? [])]);
  }
}

/** Each one returns the tool whose code is working now. */
const callers = new Set<() => string | undefined>();

/** Begins to note what Jest itself loads for a test file, and what tools load while they work. */
export function watchToolLoads(): void {
  watchLoadsOfTools({
    caller: () => {
      for (const caller of callers) {
        const tool = caller();
        if (tool !== undefined) return tool;
      }
      return undefined;
    },
    loaded: (tool, reads) => unobserved(() => toolInputs.note(tool, reads)),
  });
}

/**
 * Notes the modules that a tool's code loads, and the variables that it reads, as the tool's.
 * @param caller Returns the tool whose code is working now.
 * @returns A function that ends this.
 */
export function noteWorkOf(caller: () => string | undefined): () => void {
  callers.add(caller);
  const unwatchVariables = observeVariables((name) => {
    const tool = caller();
    if (tool !== undefined) unobserved(() => toolInputs.noteVariable(tool, name));
  });
  return () => {
    unwatchVariables();
    callers.delete(caller);
  };
}

/** One per process, because a tool keeps what it read in the memory of the process. */
export const toolInputs = new ToolInputs();
