import { sameStamp, stampOf, type Stamp } from '../dependencies/files/stat-cache';
import { listingValue } from '../dependencies/files/listing';
import { isWithin, realPath, toStored } from '../dependencies/files/paths';
import { kindAt } from '../dependencies/files/stats';
import { unwatched } from '../interception/observer';
import { toolVariable } from '../interception/variables/tool-variables';
import type { Dependency } from '../records/types';
import { fileDependency } from '../interception/files/file-values';

const KINDS = ['file', 'absent', 'present', 'listing', 'variable'] as const;

/** An input with its value at the time when the output was made. Paths are absolute. */
export type TransformInput = Pick<Dependency, 'name' | 'value'> & { kind: (typeof KINDS)[number] };

/** Reads the present values of inputs. Paths are absolute. */
class InputValues {
  /** Modules that this process has loaded, with their content at that time. The process keeps using that content. */
  readonly #loaded = new Map<string, TransformInput>();
  readonly #hashed = new Map<string, readonly [Stamp, TransformInput]>();

  /** The present value of an input. */
  now({ kind, name }: TransformInput): TransformInput {
    switch (kind) {
      case 'variable':
        return { kind, name, value: toolVariable(name) };
      case 'listing':
        return this.listing(name);
      case 'present':
      case 'absent':
        return this.presence(name);
      case 'file':
        return this.file(name);
    }
  }

  /** Whether something exists at a path. */
  presence(name: string): TransformInput {
    const value = kindAt(name);
    return value === null ? { kind: 'absent', name, value: '' } : { kind: 'present', name, value };
  }

  /** The names in a folder. */
  listing(name: string): TransformInput {
    return { kind: 'listing', name, value: listingValue(name, unwatched.readdirSync) };
  }

  /** The content of a file. If this process loaded the file, the content at that time. */
  file(name: string): TransformInput {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const stamp = stampOf(name);
    const last = this.#hashed.get(name);
    if (stamp !== null && last !== undefined && sameStamp(last[0], stamp)) return last[1];
    const input = { ...fileDependency(name, name) } as TransformInput;
    if (stamp !== null) this.#hashed.set(name, [stamp, input]);
    return input;
  }

  /** Like `file`, for a module that this process has just loaded. */
  loaded(name: string): TransformInput {
    const input = this.file(name);
    this.#loaded.set(name, input);
    return input;
  }
}

/** The only instance of this process. What a process has loaded stays loaded. */
export const inputValues = new InputValues();

/**
 * Returns an input with its path as records store it.
 * @param root Absolute path of the root that stored paths are relative to.
 */
export function storedInput(root: string, input: TransformInput): TransformInput {
  const { kind, name, value } = input;
  if (kind === 'variable') return input;
  // Below the root, the path that was read counts: a link on the way may come to lead elsewhere.
  return { kind, name: toStored(root, isWithin(root, name) ? name : realPath(name)), value };
}

/** Whether a value has the shape of an input. */
export function isInput(value: unknown): value is TransformInput {
  const { kind, name, value: state } = (value ?? {}) as Record<string, unknown>;
  return (
    KINDS.some((known) => known === kind) && typeof name === 'string' && typeof state === 'string'
  );
}
