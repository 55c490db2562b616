import * as fs from 'node:fs';
import { PackageReader } from '../dependencies/packages/packages';
import { fromStored } from '../dependencies/files/paths';
import { mocksValue } from '../dependencies/resolution/mocks';
import {
  FolderReader,
  resolutionCandidatesValue,
} from '../dependencies/resolution/resolution-candidates';
import type { ProjectFacts } from '../workspace/working-tree';
import type { DependencyKind } from '../records/types';
import type { EncodedFootprint, Mismatch } from '../selection/match';
import { decodeBlocks, type Dependency } from '../store';
import { changedBlocks, type BlockChange } from './block-changes';
import { describeCause, type Cause } from './causes';
import type { InspectedProject, Inspection } from './inspection';
import { placeInTemplate } from './template-lines';

/** A file with changed executed blocks. */
export interface ChangedFile {
  path: string;
  /** `unreadable`: it no longer transforms, or its output cannot carry probes. */
  state: 'changed' | 'gone' | 'unreadable';
  blocks: BlockChange[];
}

/** The changed parts of a footprint. */
export interface Changes {
  /** Files with changed executed blocks. */
  files: ChangedFile[];
  /** Changed dependencies. */
  causes: Cause[];
}

/** An empty result. */
export const NO_CHANGES: Changes = { files: [], causes: [] };

/** Describes what keeps a recorded footprint from matching the working tree. */
export async function changesOf(
  inspection: Inspection,
  project: InspectedProject,
  footprint: EncodedFootprint,
  { versions, dependencies }: Mismatch,
): Promise<Changes> {
  const { root } = inspection.request;
  return {
    files: await changedFiles(inspection, project, footprint, versions),
    causes: dependencies.flatMap((id) => {
      const dependency = project.project.data?.dependencies.get(id);
      return dependency === undefined
        ? []
        : [describeCause(dependency, currentValue(root, dependency, project.project.facts))];
    }),
  };
}

async function changedFiles(
  { request, store }: Inspection,
  { project }: InspectedProject,
  { blocks }: EncodedFootprint,
  versions: readonly number[],
): Promise<ChangedFile[]> {
  const executed = new Map(decodeBlocks(blocks).map(({ version, bits }) => [version, bits]));
  const files: ChangedFile[] = [];
  for (const id of versions) {
    const version = project.data?.versions.get(id);
    const bits = executed.get(id);
    if (version === undefined || bits === undefined || store === null) continue;
    const { path, form, fingerprints } = version;
    const now = await project.currentVersion(path, form);
    const file = fromStored(request.root, path);
    const gone = !fs.existsSync(file);
    const found = changedBlocks({ fingerprints, places: store.places(id) }, bits, now);
    files.push({
      path,
      state: gone ? 'gone' : now === null ? 'unreadable' : 'changed',
      blocks:
        !gone && path.endsWith('.vue')
          ? placeInTemplate(found, fs.readFileSync(file, 'utf8'))
          : found,
    });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether the value of a kind of dependency comes from the content of one file. */
export function isOfFile(kind: DependencyKind): boolean {
  return kind === 'file' || kind === 'manifest' || kind === 'declared';
}

/**
 * Returns the present value of a dependency, for the kinds whose description includes it. For other kinds, only says
 * whether the file is there.
 */
function currentValue(
  root: string,
  { kind, name }: Dependency,
  { extensions, mocks }: ProjectFacts,
): string | null {
  if (kind === 'mocks') return mocks === null ? null : mocksValue(name, mocks);
  if (kind === 'rivals') return resolutionCandidatesValue(name, extensions, new FolderReader(root));
  if (kind === 'package') return new PackageReader(root).value(fromStored(root, name));
  if (kind === 'present' || isOfFile(kind))
    return fs.existsSync(fromStored(root, name)) ? 'there' : null;
  return null;
}
