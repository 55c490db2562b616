import type { Database } from 'better-sqlite3';
import {
  isDependencyKind,
  isDependencyName,
  isModuleForm,
  isStoredPath,
  isText,
} from '../../records/checks';
import type { Details } from './details';
import { decodeFootprint } from '../../records/footprint';
import { FINGERPRINT_BYTES } from '../../records/fingerprint';
import type { Dependency, FileVersion, Footprint, RecalledRecord } from '../../records/types';

type Row = unknown[];

/** Thrown if something that a record refers to cannot be read. */
class Unreadable extends Error {}

/** Reads a record back in the form in which it was written. */
export class Recall {
  readonly #details: Details;
  readonly #version;
  readonly #dependency;

  constructor(db: Database, details: Details) {
    this.#details = details;
    this.#version = db
      .prepare<[number], Row>('SELECT path, form, fingerprints FROM file_version WHERE id = ?')
      .raw();
    this.#dependency = db
      .prepare<[number], Row>('SELECT kind, name, value FROM dependency WHERE id = ?')
      .raw();
  }

  /** @returns Null if there is no such record, or a part of it cannot be read. */
  record(recordId: number): RecalledRecord | null {
    const shared = this.#details.shared(recordId);
    if (shared === null) return null;
    const versions = new Map<number, FileVersion>();
    const dependencies = new Map<number, Dependency>();
    const footprint = (encoded: { blocks: Buffer; dependencies: Buffer }): Footprint => {
      const ids = decodeFootprint(encoded);
      return {
        blocks: ids.blocks.map(({ version: id, bits }) => ({
          version: once(versions, id, () => this.#readVersion(id)),
          bits,
        })),
        dependencies: ids.dependencies.map((id) =>
          once(dependencies, id, () => this.#readDependency(id)),
        ),
      };
    };
    try {
      return {
        shared: footprint(shared),
        tests: this.#details.tests(recordId).map((test) => ({ ...test, ...footprint(test) })),
      };
    } catch (error) {
      if (error instanceof Unreadable) return null;
      throw error;
    }
  }

  #readVersion(id: number): FileVersion {
    const [path, form, fingerprints] = this.#version.get(id) ?? [];
    if (!isStoredPath(path) || !isModuleForm(form) || !Buffer.isBuffer(fingerprints))
      throw new Unreadable();
    if (fingerprints.length % FINGERPRINT_BYTES !== 0) throw new Unreadable();
    return { path, contentHash: '', form, fingerprints, places: this.#details.places(id) };
  }

  #readDependency(id: number): Dependency {
    const [kind, name, value] = this.#dependency.get(id) ?? [];
    if (!isDependencyKind(kind) || !isDependencyName(kind, name) || !isText(value))
      throw new Unreadable();
    return { kind, name, value };
  }
}

/** Returns the value of a key, and creates it the first time. */
function once<Value>(known: Map<number, Value>, id: number, make: () => Value): Value {
  let value = known.get(id);
  if (value === undefined) known.set(id, (value = make()));
  return value;
}
