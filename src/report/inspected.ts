import * as fs from 'node:fs';
import * as path from 'node:path';
import { contentHash } from '../dependencies/files/content';
import { fromStored } from '../dependencies/files/paths';
import { whySelectionIsOff } from '../controller/checks/escapes';
import {
  coverageByLineOfAll,
  findFlakyTests,
  reportConfig,
  spotCheckOverview,
  type InspectedProject,
  type Inspection,
} from '../inspection';
import { contentsKey, type Store } from '../store';
import type { SelectionData, StoredVersion } from '../records/types';
import { buildReport, type CoverageSource, type RecordDetails, type SourceProject } from './build';
import type { CurrentBlocks } from './code';
import type { ReportData } from './data';

/** Parameters of a report. */
interface ReportOptions {
  /** Name and version of the program that creates it. */
  generator: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** Called after each test file with the number of test files so far. */
  progress?: (done: number) => void;
}

/** Creates a report on an inspected project. */
export async function reportOf(
  inspection: Inspection,
  { generator, now, progress }: ReportOptions,
): Promise<ReportData> {
  const { store, request } = inspection;
  const projects: SourceProject[] = [];
  for (const inspected of inspection.projects) {
    projects.push(await sourceOf(inspection, inspected, inspection.projects.length > 1));
  }
  return buildReport({
    generator,
    project: projectName(request.root),
    now,
    notice: noticeOf(inspection),
    projects,
    details: store ?? NO_DETAILS,
    coverage: await coverageOf(inspection),
    runs: store?.runs() ?? [],
    spotChecks: spotCheckOverview(inspection),
    flaky: findFlakyTests(store),
    progress,
  });
}

/** @returns Null where no coverage is recorded. */
async function coverageOf(inspection: Inspection): Promise<CoverageSource | null> {
  if (inspection.store === null || inspection.request.composition === null) return null;
  const found = await coverageByLineOfAll(inspection, reportConfig(inspection));
  if (found === null) return null;
  const { affected, unrecorded, unknown } = found.lacking;
  return { files: found.files, lacking: affected.length + unrecorded.length + unknown.length };
}

const NO_DETAILS: RecordDetails = { tests: () => [], shared: () => null, places: () => '' };

const NO_DATA: SelectionData = {
  versions: new Map(),
  byFile: () => [],
  contents: new Map(),
  dependencies: new Map(),
  testFiles: new Map(),
};

async function sourceOf(
  { tests, store, request }: Inspection,
  inspected: InspectedProject,
  isOneOfMany: boolean,
): Promise<SourceProject> {
  const { project, key } = inspected;
  const data = project.data ?? NO_DATA;
  const current =
    store === null
      ? new Map<string, CurrentBlocks>()
      : await currentBlocks(inspected, data, store, request.root);
  return {
    name: isOneOfMany ? key.project.replace(/^\. /, '') : '',
    data,
    judged: tests.filter((test) => test.project === inspected),
    current: (version) => current.get(contentsKey(version.path, version.form)) ?? null,
  };
}

/**
 * Returns the present blocks of every recorded file, by `contentsKey`. Only files with unknown content are
 * transformed.
 */
async function currentBlocks(
  { project }: InspectedProject,
  data: SelectionData,
  store: Store,
  root: string,
): Promise<Map<string, CurrentBlocks>> {
  const current = new Map<string, CurrentBlocks>();
  const files = new Map(
    [...data.versions.values()].map((version) => [
      contentsKey(version.path, version.form),
      version,
    ]),
  );
  for (const [key, version] of files) {
    const known = knownVersion(key, version, data, root);
    const blocks =
      known === null
        ? await project.currentVersion(version.path, version.form)
        : { fingerprints: known.fingerprints, places: store.places(known.id) };
    if (blocks !== null) current.set(key, blocks);
  }
  return current;
}

/** Returns the recorded version that a file's content transforms to. Null if that is unknown. */
function knownVersion(
  key: string,
  { path: name }: StoredVersion,
  { contents, versions }: SelectionData,
  root: string,
): StoredVersion | null {
  try {
    const content = contentHash(fs.readFileSync(fromStored(root, name)));
    return versions.get(contents.get(key)?.get(content) ?? -1) ?? null;
  } catch {
    // The file is gone, so it does not transform either.
    return null;
  }
}

/** Returns a sentence that the user must know before reading the report. */
function noticeOf({ problem, projects, openEscapes }: Inspection): string | null {
  if (problem !== null) return `${problem.message} Until then everything runs.`;
  if (openEscapes.length > 0) {
    const why = whySelectionIsOff(openEscapes);
    return `${why.charAt(0).toUpperCase()}${why.slice(1)}; everything runs, whatever else is shown here, until they pass or --testmon-trust is given.`;
  }
  if (projects.some(({ recorded }) => recorded === 'yes')) return null;
  if (projects.some(({ recorded }) => recorded === 'other')) {
    return 'The Jest config, a transformer or a tool of theirs has changed since the last run, so everything runs; run jest-testmon once to record it anew.';
  }
  return 'Nothing is recorded here yet; run jest-testmon once, and make the report again.';
}

function projectName(root: string): string {
  try {
    const { name } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      name?: unknown;
    };
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    // Use the name of its folder.
  }
  return path.basename(root);
}
