import { shortHash } from '../dependencies/files/content';
import { realPath } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import { askedVariables, toolVariable } from '../interception/variables/tool-variables';
import { InputNotes, type MadeOutput } from './input-notes';
import { inputValues, type TransformInput } from './input-values';
import { noteHome } from './note-homes';
import type { ToolChain } from './tool-chain-id';

/** What is known of a file after Jest asked for its cache key and before Jest transforms it. */
interface Asked {
  /** The folder of the file's notes. */
  folder: string;
  key: string;
  made: readonly MadeOutput[];
  /** Variables whose values are part of the key. */
  variables: ReadonlySet<string>;
}

/**
 * Knows what the outputs of files were made from besides the files themselves.
 *
 * Jest asks for the cache key of an output before the output is made, so before its inputs are known. Example: while
 * the transformer made the output of `a.ts`, it read `flags.json`. This is noted beside Jest's cache. When
 * `flags.json` changes, `a.ts` gets another key, and Jest transforms it again.
 *
 * All files are absolute paths.
 */
class TransformInputs {
  readonly #notes = new InputNotes();
  readonly #asked = new Map<string, Asked>();
  /** By file: the inputs of the output that this process got last. */
  readonly #inUse = new Map<string, readonly TransformInput[]>();
  /** By file: the results of `of`. */
  readonly #found = new Map<string, readonly TransformInput[]>();

  /**
   * Returns the key under which Jest's cache stores the output of a file.
   * @param inner The key to use if the output has no other inputs.
   */
  key(toolChain: ToolChain, file: string, inner: string): string {
    const { cacheDirectory } = toolChain;
    const names = this.#notes.variables(toolChain);
    this.#notes.addVariables(toolChain);
    const set = [...names]
      .sort()
      .map((name) => [name, toolVariable(name)])
      .filter(([, value]) => value !== '');
    const { generation } = noteHome(cacheDirectory);
    const more = [...set, ...(generation === 0 ? [] : [generation])];
    const usual = more.length === 0 ? inner : shortHash(JSON.stringify([inner, more]));
    const folder = this.#notes.folder(cacheDirectory, `${realPath(file)}\0${usual}`);
    const made = this.#notes.madeIn(folder);
    const valid = made.find(({ inputs }) => inputs.every(holds));
    const key = valid?.key ?? (made.length === 0 ? usual : keyNow(usual, made));
    const variables = this.#notes.variablesNow(toolChain);
    this.#asked.set(file, { folder, key, made, variables });
    this.#inUse.set(file, valid?.inputs ?? []);
    this.#found.delete(file);
    return key;
  }

  /**
   * Notes what the output of a file was made from, under the key that Jest asked for before.
   * @param found What the transformer was seen to read.
   * @returns All inputs of the output. They include the inputs of earlier outputs of the file, because a transformer
   *   may keep in memory what it read once.
   */
  note(
    toolChain: ToolChain,
    file: string,
    found: readonly TransformInput[],
  ): readonly TransformInput[] {
    const before = this.#asked.get(file);
    const inputs = new Map<string, TransformInput>();
    for (const input of found) inputs.set(nameOf(input), input);
    for (const [name, value] of toolChain.id === null ? [] : askedVariables())
      if (value !== '' && before?.variables.has(name) !== true)
        inputs.set(`variable ${name}`, { kind: 'variable', name, value });
    for (const { inputs: earlier } of before?.made ?? [])
      for (const input of earlier)
        if (!inputs.has(nameOf(input))) inputs.set(nameOf(input), inputValues.now(input));
    const all = [...inputs.values()];
    this.#inUse.set(file, all);
    this.#found.delete(file);
    this.#notes.addVariables(toolChain);
    if (before !== undefined && all.length > 0)
      this.#notes.add(before.folder, { key: before.key, inputs: all });
    return all;
  }

  /**
   * Returns the inputs of the output that this process got last for a file: those that it noted itself, and those
   * that other processes noted for the same key. Empty if this process never asked for an output of the file.
   */
  of(file: string): readonly TransformInput[] {
    const { folder, key } = this.#asked.get(file) ?? {};
    if (folder === undefined) return [];
    return getOrCreate(this.#found, file, () => {
      const others = this.#notes.writtenIn(folder).filter((made) => made.key === key);
      return [...(this.#inUse.get(file) ?? []), ...others.flatMap((made) => made.inputs)];
    });
  }

  /** The variables that a tool chain asked for in any process, with their values in this process. */
  variables(toolChain: ToolChain): TransformInput[] {
    this.#notes.addVariables(toolChain);
    return [...this.#notes.variables(toolChain)].map((name) => ({
      kind: 'variable',
      name,
      value: toolVariable(name),
    }));
  }
}

/** The only instance of this process. Jest creates new transformers for each test file, but keeps their outputs. */
export const transformInputs = new TransformInputs();

/** The name of an input. Kinds that exclude each other share one name. */
function nameOf({ kind, name }: TransformInput): string {
  return `${kind === 'listing' || kind === 'variable' ? kind : 'path'} ${name}`;
}

function holds(input: TransformInput): boolean {
  const { kind, value } = inputValues.now(input);
  return kind === input.kind && value === input.value;
}

function keyNow(usual: string, made: readonly MadeOutput[]): string {
  const inputs = new Map(
    made.flatMap((one) => one.inputs.map((input) => [nameOf(input), inputValues.now(input)])),
  );
  return shortHash(JSON.stringify([usual, [...inputs].sort(([a], [b]) => (a < b ? -1 : 1))]));
}
