import * as fs from 'node:fs';
import * as path from 'node:path';
import { contentHash } from './content';
import { KeptReads } from './kept-reads';

/** What a package.json says of its package. */
export interface InstalledManifest {
  name: string | null;
  /** A hash of the text where it names no version. */
  version: string;
  /** The packages that it depends on in any way but for development. */
  dependencies: string[];
}

/**
 * The installed packages as they lie in their folders. Each folder is listed and each package.json read once, so make
 * one per run.
 */
export class InstalledPackages {
  readonly #kept: KeptReads;
  readonly #folders = new Map<string, ReadonlySet<string>>();
  readonly #manifests = new Map<string, InstalledManifest | null>();

  /** @param kept What earlier runs read. */
  constructor(kept: KeptReads = new KeptReads(null)) {
    this.#kept = kept;
  }

  /** Where a package would be found by its name from a folder, as Node looks for it; null where it is not. */
  find(from: string, name: string): string | null {
    const [scope, inner] = name.startsWith('@') ? name.split('/') : [name];
    for (let at = from; ; at = path.dirname(at)) {
      const modules = path.join(at, 'node_modules');
      if (this.#entries(modules).has(scope ?? '')) {
        const folder = path.join(modules, name);
        if (
          (inner === undefined || this.#entries(path.dirname(folder)).has(inner)) &&
          this.manifest(folder) !== null
        )
          return folder;
      }
      if (path.dirname(at) === at) return null;
    }
  }

  /** The names of the packages in a `node_modules` folder, sorted; none where it is not there. */
  namesIn(modules: string): string[] {
    return [...this.#entries(modules)]
      .flatMap((name) =>
        name.startsWith('@')
          ? [...this.#entries(path.join(modules, name))].map((inner) => `${name}/${inner}`)
          : [name],
      )
      .filter((name) => !name.startsWith('.'))
      .sort();
  }

  /** What a package's package.json says, or null where there is none. */
  manifest(folder: string): InstalledManifest | null {
    let manifest = this.#manifests.get(folder);
    if (manifest === undefined) {
      manifest = this.#kept.of(path.join(folder, 'package.json'), readManifest, isManifest);
      this.#manifests.set(folder, manifest);
    }
    return manifest;
  }

  #entries(folder: string): ReadonlySet<string> {
    let names = this.#folders.get(folder);
    if (names === undefined) {
      names = new Set(this.#kept.of(folder, list, isListOfNames));
      this.#folders.set(folder, names);
    }
    return names;
  }
}

function readManifest(file: string): InstalledManifest | null {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const { name, version, ...fields } = fieldsOf(text);
  return {
    name: typeof name === 'string' ? name : null,
    version: typeof version === 'string' ? version : contentHash(text),
    dependencies: ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
      Object.keys(fields[key] ?? {}),
    ),
  };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    return {};
  }
}

function isManifest(value: unknown): value is InstalledManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { name, version, dependencies } = value as Partial<Record<string, unknown>>;
  return (
    (name === null || typeof name === 'string') &&
    typeof version === 'string' &&
    isListOfNames(dependencies)
  );
}

function isListOfNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function list(folder: string): string[] | null {
  try {
    return fs.readdirSync(folder);
  } catch {
    return null;
  }
}
