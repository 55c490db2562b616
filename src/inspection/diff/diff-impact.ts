import * as fs from 'node:fs';
import * as path from 'node:path';
import { fromStored } from '../../dependencies/files/paths';
import type { Dependency } from '../../records/types';
import type { FileVersion, StoredVersion } from '../../store';
import { hasBit } from '../../records/bits';
import { fingerprintsOf } from '../block-changes';
import { isOfFile } from '../changes';
import { reachedBy, type Hits, type ReachedTestFile } from '../impact';
import type { InspectedProject, Inspection } from '../inspection';
import { storedPath } from '../targets';
import { testFilesAmong } from './new-test-files';
import { applyHunks, type FileDiff } from './parse-diff';

/** A file that a diff changes. */
export interface DiffedFile {
  /** Stored path: of a file that is gone the one before, else the one after. */
  path: string;
  /**
   * - `whole`: how its code changed is not known, as the diff fits neither side of the change, or the file is no code.
   * - `missing`: both sides of the change have it, but neither the working tree nor a record does. So the diff is
   *   probably one of another folder, and it is not known what it changes.
   */
  state: 'changed' | 'added' | 'deleted' | 'whole' | 'missing';
}

/** What a whole change would run. */
export interface DiffImpact {
  files: DiffedFile[];
  testFiles: ReachedTestFile[];
  /** Stored paths of the test files that the change adds. */
  newTestFiles: string[];
}

/** One path of a change, with its text on both sides; null where there is none. */
interface Side {
  path: string;
  /** Undefined where it is not known. */
  before: string | null | undefined;
  after: string | null | undefined;
}

/**
 * What a change would run, by what is recorded of every test file: whether the working tree has the change already or
 * not, it stays as it is.
 * @param folders Absolute folders that the paths of the diff may be seen from, the likeliest first.
 */
export async function findDiffImpact(
  inspection: Inspection,
  diffs: readonly FileDiff[],
  folders: readonly string[],
): Promise<DiffImpact> {
  const { root } = inspection.request;
  const sides = diffs.flatMap((diff) => sidesOf(diff, root, folders));
  const reached: ReachedTestFile[] = [];
  const { store } = inspection;
  if (store !== null) {
    for (const project of inspection.projects) {
      const hits = await hitsOf(project, sides, root);
      if (hits.blocks.size + hits.dependencies.size === 0) continue;
      for (const test of inspection.tests) {
        if (test.project !== project) continue;
        const one = reachedBy(inspection, store, test, hits);
        if (one !== null) reached.push(one);
      }
    }
  }
  reached.sort((a, b) => b.duration - a.duration || (a.path < b.path ? -1 : 1));
  const files = sides.map((side) => describe(side, inspection));
  const added = files.filter(({ state }) => state === 'added').map((file) => file.path);
  return { files, testFiles: reached, newTestFiles: testFilesAmong(added, inspection) };
}

function describe({ path: name, before, after }: Side, inspection: Inspection): DiffedFile {
  if (before === undefined && after === undefined && !isKnown(name, inspection))
    return { path: name, state: 'missing' };
  if (before === undefined || after === undefined) return { path: name, state: 'whole' };
  if (before === null) return { path: name, state: 'added' };
  return { path: name, state: after === null ? 'deleted' : 'changed' };
}

function isKnown(name: string, { request, projects }: Inspection): boolean {
  if (fs.existsSync(fromStored(request.root, name))) return true;
  return projects.some(({ project: { data } }) => {
    const versions = [...(data?.versions.values() ?? [])];
    const dependencies = [...(data?.dependencies.values() ?? [])];
    return (
      versions.some((version) => version.path === name) ||
      dependencies.some((dependency) => isOfFile(dependency.kind) && dependency.name === name)
    );
  });
}

/** A file that is moved is one that is gone and one that is new. */
function sidesOf(diff: FileDiff, root: string, folders: readonly string[]): Side[] {
  const before = diff.before === null ? null : locate(diff.before, root, folders);
  const after = diff.after === null ? null : locate(diff.after, root, folders);
  const { old, fresh } = textsOf(diff, before, after, root);
  if (before === after) return before === null ? [] : [{ path: before, before: old, after: fresh }];
  return [
    ...(before === null ? [] : [{ path: before, before: old, after: null }]),
    ...(after === null ? [] : [{ path: after, before: null, after: fresh }]),
  ];
}

/** The text on both sides: one of them is in the working tree, and the hunks lead to the other. */
function textsOf(
  { hunks }: FileDiff,
  before: string | null,
  after: string | null,
  root: string,
): { old: string | null | undefined; fresh: string | null | undefined } {
  const old = before === null ? null : read(root, before);
  const fresh = after === null ? null : read(root, after);
  const unknown = {
    old: before === null ? null : undefined,
    fresh: after === null ? null : undefined,
  };
  if (hunks === null) return unknown;
  if (old !== undefined) {
    const applied = applyHunks(old ?? '', hunks);
    if (applied !== null) return { old, fresh: after === null ? null : applied };
  }
  if (fresh !== undefined) {
    const taken = applyHunks(fresh ?? '', hunks, true);
    if (taken !== null) return { old: before === null ? null : taken, fresh };
  }
  return unknown;
}

function read(root: string, name: string): string | undefined {
  try {
    return fs.readFileSync(fromStored(root, name), 'utf8');
  } catch {
    // The working tree is on the other side of the change.
    return undefined;
  }
}

/** The stored path that a name of a diff stands for. */
function locate(name: string, root: string, folders: readonly string[]): string {
  const candidates = folders.map((folder) => path.resolve(folder, name));
  const found = candidates.find((file) => fs.existsSync(file)) ?? candidates[0] ?? name;
  return storedPath(found, root, root);
}

async function hitsOf(
  { project }: InspectedProject,
  sides: readonly Side[],
  root: string,
): Promise<Hits> {
  const hits: Hits = { blocks: new Map(), dependencies: new Set() };
  const { versions = new Map<number, StoredVersion>(), dependencies } = project.data ?? {};
  for (const side of sides) {
    const recorded = [...versions.values()].filter((version) => version.path === side.path);
    for (const form of new Set(recorded.map((version) => version.form))) {
      const both = await Promise.all(
        [side.before, side.after].map(async (text) =>
          text == null ? null : project.currentVersion(side.path, form, text),
        ),
      );
      const common = commonBlocks(both);
      for (const { id, form: own, fingerprints } of recorded) {
        if (own !== form) continue;
        const changed = fingerprintsOf(fingerprints).flatMap((one, index) =>
          common.has(one) ? [] : [index],
        );
        if (changed.length > 0)
          hits.blocks.set(id, (bits) => changed.some((index) => hasBit(bits, index)));
      }
    }
    for (const [id, dependency] of dependencies?.entries() ?? [])
      if (isChanged(dependency, side, root)) hits.dependencies.add(id);
  }
  return hits;
}

/** What both sides have of a file; nothing where one of them is not known, or cannot be transformed. */
function commonBlocks([before, after]: readonly (FileVersion | null)[]): ReadonlySet<string> {
  if (before == null || after == null) return new Set();
  const fresh = new Set(fingerprintsOf(after.fingerprints));
  return new Set(fingerprintsOf(before.fingerprints).filter((one) => fresh.has(one)));
}

/** Whether a change of a file may change what a dependency is; in doubt it does. */
function isChanged(
  { kind, name }: Dependency,
  { path: file, before, after }: Side,
  root: string,
): boolean {
  if (before !== undefined && before === after) return false;
  if (isOfFile(kind)) return name === file;
  if (kind === 'pragmas') return name === file && docblock(before) !== docblock(after);
  const [appears, goes] = [before === null, after === null];
  if (!appears && !goes) return false;
  const isAtOrBelow = name === file || file.startsWith(`${name}/`);
  switch (kind) {
    case 'absent':
      return appears && isAtOrBelow;
    case 'present':
      return goes && isAtOrBelow;
    case 'listing':
      return name === folderOf(file) || (isBelow(file, name) && isNewFolder(root, name, file));
    case 'rivals':
      return [stemOf(file), folderOf(file)].includes(stemOf(name)) || isAtOrBelow;
    case 'mocks':
      return /(^|\/)__mocks__\//.test(file);
    default:
      return false;
  }
}

/** The stored path of a file's folder; that of the root is empty. */
function folderOf(file: string): string {
  const folder = path.posix.dirname(file);
  return folder === '.' ? '' : folder;
}

function isBelow(file: string, folder: string): boolean {
  return folder === '' || file.startsWith(`${folder}/`);
}

/** Whether the folder between a folder and a file comes or goes with the file. */
function isNewFolder(root: string, folder: string, file: string): boolean {
  const [entry = ''] = file.slice(folder === '' ? 0 : folder.length + 1).split('/');
  try {
    return fs.readdirSync(fromStored(root, path.posix.join(folder, entry))).length <= 1;
  } catch {
    // It is not there now.
    return true;
  }
}

function docblock(text: string | null | undefined): string {
  return /^\s*\/\*\*[\s\S]*?\*\//.exec(text ?? '')?.[0] ?? '';
}

/** A path up to the first dot of its name: what stands beside it under that name may be found in its place. */
function stemOf(file: string): string {
  const name = path.posix.basename(file);
  return path.posix.join(path.posix.dirname(file), name.split('.')[0] ?? name);
}
