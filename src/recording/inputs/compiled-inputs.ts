import { toStored } from '../../dependencies/files/paths';
import { questionOf } from '../../records/question';
import type { Dependency } from '../../records/types';
import { compiledNow } from '../../transform/inlined-sources';
import { storedInput, type TransformInput } from '../../transform/input-values';
import { transformInputs } from '../../transform/transform-inputs';
import type { ToolChain } from '../../transform/tool-chain-id';
import type { Accumulator } from '../accumulator';
import { LOST } from './path-inputs';
import type { WorkerRun } from '../worker-run';

/** Makes dependencies of what transformers read to make the code that a test file ran. */
export class CompiledInputs {
  readonly #run: WorkerRun;
  readonly #into: Accumulator;
  readonly #read: (file: string) => void;
  /** Stored paths of the packages that something was compiled from. */
  readonly packages = new Set<string>();

  /**
   * @param into What all tests of the file share.
   * @param read Adds a file that counts as a whole, by its absolute path.
   */
  constructor(run: WorkerRun, into: Accumulator, read: (file: string) => void) {
    this.#run = run;
    this.#into = into;
    this.#read = read;
  }

  /**
   * Adds what the metadata of files with probes says, and the variables that the tool chain read.
   * @param metadata The metadata string of each of these files.
   */
  addProbed(metadata: readonly string[], toolChain: ToolChain): void {
    const inputs = new Set<Dependency>();
    for (const one of metadata)
      for (const dependency of this.#run.transformedWith(this.#run.probed(one)))
        inputs.add(dependency);
    for (const variable of transformInputs.variables(toolChain)) {
      const dependency = this.#run.transformInput(variable);
      if (dependency !== null) inputs.add(dependency);
    }
    for (const dependency of inputs) this.#addAsItWas(dependency);
  }

  /** Adds what was read to make the output of a file in this process. @param file Absolute path. */
  addInputs(file: string): void {
    this.addAll(transformInputs.of(file));
  }

  /** Adds inputs of the tool chain, with absolute paths. */
  addAll(inputs: Iterable<TransformInput>): void {
    const { root } = this.#run.file;
    for (const input of inputs) {
      const dependency = this.#run.transformInput(storedInput(root, input));
      if (dependency !== null) this.#addAsItWas(dependency);
    }
  }

  /**
   * Adds what a transformer may have included in a file that has no probes to report it.
   * @param file Absolute path.
   */
  addUnprobed(file: string): void {
    this.addInputs(file);
    const { inlined, ...declarations } = compiledNow(file);
    for (const other of inlined) this.#read(other);
    for (const aspect of ['values', 'types'] as const)
      for (const other of declarations[aspect])
        this.#into.depend(this.#run.declared(toStored(this.#run.file.root, other), aspect));
  }

  /**
   * Two outputs may be made from different states of one file. Then one of them is out of date, and so is the result
   * of the test file. Its record must never match.
   */
  #addAsItWas(dependency: Dependency): void {
    if (dependency.kind === 'package') this.packages.add(dependency.name);
    const other = this.#into.dependencies.get(questionOf(dependency));
    if (other !== undefined && other.value !== dependency.value) this.#into.depend(LOST);
    this.#into.depend(dependency);
  }
}
