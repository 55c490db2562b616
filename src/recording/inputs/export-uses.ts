import path from 'node:path';
import { getOrCreate } from '../../dependencies/get-or-create';
import { ALL_EXPORTS, type Links, type UsedExports } from '../../blocks';
import type { FileProbes } from '../probe-registry';
import type { WorkerRun } from '../worker-run';
import { UsedNames, type Importers, type Loaded } from './used-names';

/** Jest's folders of manual mocks. Jest loads these mocks in place of other modules without asking the resolver. */
const MOCKS = /(?:^|[\\/])__mocks__[\\/]/;

/** Returns which blocks of a file a test file executed, by the file's metadata. */
export type ExecutedBlocks = (metadata: string) => readonly Uint8Array[];

/**
 * Finds which exports the modules of a test file use of each other. Example: a module that loads another one and
 * names only its `VERSION` uses only that export. A module that passes the exports object on uses all exports. So
 * does a module about which nothing is known.
 */
export class ExportUses {
  readonly #run: Pick<WorkerRun, 'probed' | 'realName'>;
  /** By the path of a module: the paths of the modules that asked for it, and the specifiers. */
  readonly #importers = new Map<string, Map<string, Set<string>>>();
  readonly #takenByJest: readonly string[];

  /** @param takenByJest See `ModuleContext`. */
  constructor(run: Pick<WorkerRun, 'probed' | 'realName'>, takenByJest: readonly string[]) {
    this.#run = run;
    this.#takenByJest = takenByJest;
  }

  /** Jest's resolver found a module for another one. */
  note(from: string, specifier: string, found: string): void {
    const importers = getOrCreate(this.#importers, found, () => new Map<string, Set<string>>());
    getOrCreate(importers, from, () => new Set<string>()).add(specifier);
  }

  /**
   * Finds the blocks that stand for the exports in use.
   * @param files The files with probes.
   * @param executed Which of their blocks the test file executed.
   * @param note Called for each file that has such blocks, with their indexes.
   */
  find(
    files: readonly FileProbes[],
    executed: ExecutedBlocks,
    note: (file: FileProbes, blocks: readonly number[]) => void,
  ): void {
    const loaded = files.map((file) => ({ file, ...this.#run.probed(file.metadata) }));
    const reachesAny = loaded.some(({ links }) => links?.reachesAny === true);
    const byName = new Map<string, Loaded[]>();
    for (const one of loaded) getOrCreate(byName, one.name, () => []).push(one);
    const importers = this.#importersByName();
    const taken = new Set(this.#takenByJest.map((file) => this.#run.realName(file)));
    const isWhole = (name: string): boolean => reachesAny || MOCKS.test(name) || taken.has(name);
    const used = new UsedNames(byName, importers);
    for (const [name] of byName)
      used.add(name, isWhole(name) ? null : usesOf(name, importers.get(name), byName, executed));
    for (const { file, name, links } of loaded)
      if (links?.exports !== undefined) note(file, used.blocksOf(name, links.exports));
  }

  /** By real paths, which files with probes have. */
  #importersByName(): Importers {
    const byName = new Map<string, [from: string, specifiers: Set<string>][]>();
    for (const [found, importers] of this.#importers) {
      if (!path.isAbsolute(found)) continue;
      const name = this.#run.realName(found);
      const known = getOrCreate(byName, name, () => []);
      for (const [from, specifiers] of importers)
        known.push([this.#run.realName(from), specifiers]);
    }
    return byName;
  }
}

/** @returns Null if all exports may be used. */
function usesOf(
  name: string,
  importers: readonly [from: string, specifiers: Set<string>][] | undefined,
  loaded: ReadonlyMap<string, readonly Loaded[]>,
  executed: ExecutedBlocks,
): Set<string> | null {
  if (importers === undefined) return null;
  const uses = new Set<string>();
  for (const [from, specifiers] of importers) {
    const versions = loaded.get(from);
    if (versions === undefined) return null;
    for (const { file, links } of versions) {
      // Between a CommonJS and an ES module, the imported object is made of all exports.
      if (!isSameKind(links, loaded.get(name) ?? [])) return null;
      const imports = new Map(Object.entries(links?.imports ?? {}));
      for (const specifier of specifiers) {
        const used = imports.get(specifier) ?? 0;
        if (!addUses(uses, used, () => executed(file.metadata))) return null;
      }
    }
  }
  return uses;
}

/** Whether modules are of the same kind: CommonJS or ES. */
function isSameKind(links: Links | undefined, versions: readonly Loaded[]): boolean {
  return versions.every((one) => one.links?.isEs === links?.isEs);
}

/** @returns False if all exports are used. */
function addUses(
  uses: Set<string>,
  used: UsedExports,
  executed: () => readonly Uint8Array[],
): boolean {
  if (used === 0) return false;
  for (const [use, blocks] of Object.entries(used)) {
    if (uses.has(use)) continue;
    // Block 0 runs whenever the module is loaded.
    const isReached =
      blocks.includes(0) || executed().some((bytes) => blocks.some((block) => bytes[block] !== 0));
    if (!isReached) continue;
    if (use === ALL_EXPORTS) return false;
    uses.add(use);
  }
  return true;
}
