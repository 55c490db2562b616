import * as fs from 'node:fs';
import { PackageReader } from '../dependencies/packages';
import { fromStored } from '../dependencies/paths';
import { decodeBlocks, type Dependency, type StoredRecord } from '../store';
import { changedBlocks, type BlockChange } from './block-changes';
import { describeCause, type Cause } from './causes';
import type { InspectedTest, Inspection } from './inspection';

/** Why a test file would run now, or not. */
export interface Explanation {
  path: string;
  /** The Jest project. */
  project: string;
  wouldRun: boolean;
  /**
   * - `unaffected`: a passing record matches.
   * - `changed`: what its latest passing record executed or read has changed.
   * - `failed`: it failed last time.
   * - `always`: an option asks for it.
   * - `environment`: recorded only with another Jest config, transformer or the like.
   * - `new`: there is no complete passing record.
   */
  reason: 'unaffected' | 'changed' | 'failed' | 'always' | 'environment' | 'new';
  /** The record that matches or, where none does, the latest; null without one. */
  record: { recordedAt: number; duration: number } | null;
  /** Files of which an executed block changed. */
  files: ChangedFile[];
  /** What else changed. */
  causes: Cause[];
}

/** A file of which an executed block changed. */
export interface ChangedFile {
  path: string;
  /** `unreadable`: it no longer transforms into what can carry probes. */
  state: 'changed' | 'gone' | 'unreadable';
  blocks: BlockChange[];
}

/** Explains the verdict on a test file. */
export async function explain(inspection: Inspection, test: InspectedTest): Promise<Explanation> {
  const { verdict, project } = test;
  const record = recordOf(test);
  const changed = verdict.affected && verdict.reason === 'changed' ? verdict.mismatch : null;
  const { data } = project.project;
  return {
    path: test.path,
    project: project.key.project,
    wouldRun: verdict.affected,
    reason: reasonOf(test),
    record: record === null ? null : { recordedAt: record.recordedAt, duration: record.duration },
    files:
      changed === null || record === null
        ? []
        : await changedFiles(inspection, test, record, changed.versions),
    causes: (changed?.dependencies ?? []).flatMap((id) => {
      const dependency = data?.dependencies.get(id);
      return dependency === undefined
        ? []
        : [describeCause(dependency, currentValue(inspection.request.root, dependency))];
    }),
  };
}

function reasonOf({ verdict, project }: InspectedTest): Explanation['reason'] {
  if (!verdict.affected) return 'unaffected';
  return verdict.reason === 'new' && project.recorded === 'other' ? 'environment' : verdict.reason;
}

/** The record that matches or, where none does, the latest complete one. */
export function recordOf({ path, verdict, project }: InspectedTest): StoredRecord | null {
  const records = project.project.data?.testFiles.get(path)?.records ?? [];
  const id = 'recordId' in verdict ? verdict.recordId : null;
  return records.find((record) => (id === null ? record.complete : record.id === id)) ?? null;
}

async function changedFiles(
  { request, store }: Inspection,
  { project }: InspectedTest,
  record: StoredRecord,
  versions: readonly number[],
): Promise<ChangedFile[]> {
  const executed = new Map(decodeBlocks(record.blocks).map(({ version, bits }) => [version, bits]));
  const files: ChangedFile[] = [];
  for (const id of versions) {
    const version = project.project.data?.versions.get(id);
    const bits = executed.get(id);
    if (version === undefined || bits === undefined || store === null) continue;
    const { path, form, fingerprints } = version;
    const now = await project.project.currentVersion(path, form);
    const gone = !fs.existsSync(fromStored(request.root, path));
    files.push({
      path,
      state: gone ? 'gone' : now === null ? 'unreadable' : 'changed',
      blocks: changedBlocks({ fingerprints, places: store.places(id) }, bits, now),
    });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The value of a dependency now, where a message tells it: of others only whether it is there. */
function currentValue(root: string, { kind, name }: Dependency): string | null {
  if (kind === 'package') return new PackageReader(root).value(fromStored(root, name));
  if (kind === 'file' || kind === 'present' || kind === 'manifest')
    return fs.existsSync(fromStored(root, name)) ? 'there' : null;
  return null;
}
