import * as fs from 'node:fs';
import * as path from 'node:path';

/** One package.json. */
export interface InstalledManifest {
  text: string;
  /** Null where the text is not a JSON object. */
  fields: Readonly<Record<string, unknown>> | null;
}

/**
 * The installed packages as they lie in their folders. Each folder is listed and each package.json read once, so make
 * one per run.
 */
export class InstalledPackages {
  readonly #folders = new Map<string, ReadonlySet<string>>();
  readonly #manifests = new Map<string, InstalledManifest | null>();

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

  /** A package's package.json, or null where there is none. */
  manifest(folder: string): InstalledManifest | null {
    let manifest = this.#manifests.get(folder);
    if (manifest === undefined) {
      const text = readText(path.join(folder, 'package.json'));
      manifest = text === null ? null : { text, fields: parsed(text) };
      this.#manifests.set(folder, manifest);
    }
    return manifest;
  }

  #entries(folder: string): ReadonlySet<string> {
    let names = this.#folders.get(folder);
    if (names === undefined) {
      names = new Set(list(folder));
      this.#folders.set(folder, names);
    }
    return names;
  }
}

function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
