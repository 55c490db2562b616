import { shortHash } from '../dependencies/files/content';
import { realPath } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import { askedVariables, toolVariable } from '../interception/variables/tool-variables';
import { InputNotes, type MadeOutput } from './input-notes';
import { inputValues, type TransformInput } from './input-values';
import { noteHome } from './note-homes';
import type { ToolChain } from './tool-chain-id';

/** What is known of a file between the question for its key and its transform. */
interface Asked {
  /** Of the file's notes. */
  folder: string;
  key: string;
  made: readonly MadeOutput[];
  /** Variables whose values are part of the key. */
  variables: ReadonlySet<string>;
}

/**
 * What the outputs of files were made from besides the files themselves.
 *
 * Jest asks for the key of an output before the output is made, so before its inputs are known. Example: the output of
 * `a.ts` was made while the transformer read `flags.json`. That is noted beside Jest's cache. When `flags.json` changes,
 * `a.ts` gets another key, and Jest has it transformed again.
 *
 * All files are absolute paths.
 */
class TransformInputs {
  readonly #notes = new InputNotes();
  readonly #asked = new Map<string, Asked>();
  /** By file: what the output that this process was given last was made from. */
  readonly #inUse = new Map<string, readonly TransformInput[]>();
  /** By file: what `of` found. */
  readonly #found = new Map<string, readonly TransformInput[]>();

  /**
   * The key by which Jest's cache is to know a file's output.
   * @param inner The key that it has if nothing else is an input.
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
   * Notes what the output of a file was made from, under the key that was asked for before.
   * @param found What the transformer was seen to read.
   * @returns All that the output depends on. It includes what earlier outputs of the file were made from: a transformer
   * may keep in memory what it has read once.
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
   * What the output of a file was made from that this process was given last: what it noted itself, and what other
   * processes noted that made the output of this key. Nothing for a file that this process asked for no output of.
   */
  of(file: string): readonly TransformInput[] {
    const { folder, key } = this.#asked.get(file) ?? {};
    if (folder === undefined) return [];
    return getOrCreate(this.#found, file, () => {
      const others = this.#notes.writtenIn(folder).filter((made) => made.key === key);
      return [...(this.#inUse.get(file) ?? []), ...others.flatMap((made) => made.inputs)];
    });
  }

  /** The variables that a tool chain is known to have asked for in any process, with their values in this one. */
  variables(toolChain: ToolChain): TransformInput[] {
    this.#notes.addVariables(toolChain);
    return [...this.#notes.variables(toolChain)].map((name) => ({
      kind: 'variable',
      name,
      value: toolVariable(name),
    }));
  }
}

/** One for the process: Jest makes transformers anew for each test file, and keeps their outputs. */
export const transformInputs = new TransformInputs();

/** Kinds that exclude each other have one name. */
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
