import { getOrCreate } from '../dependencies/get-or-create';
import { recordWithId } from '../records/record-with-id';
import { dependencyLabel } from '../selection/match';
import type { Decision } from '../selection/select';
import type { UnaffectedTests } from '../selection/tests';
import { decodeBlocks, decodeIds } from '../store';
import type {
  RunSummary,
  SelectionData,
  StoredRecord,
  StoredTest,
  StoredVersion,
} from '../records/types';
import { changedPlaces, ReachedCode, type CurrentBlocks, type ProjectCode } from './code';
import type {
  ReportCause,
  ReportCoveredLines,
  ReportData,
  ReportFlakyTest,
  ReportSpotChecks,
  ReportTest,
  ReportTestFile,
} from './data';
import { Reach, ReachTable } from './reach';

interface JudgedTestFile {
  path: string;
  decision: Decision;
  duration: number | undefined;
  skips: UnaffectedTests | null;
}

/** Which test files hit which lines. */
export interface CoverageSource {
  /** In order, by stored path. */
  files: ReadonlyMap<string, readonly CoveredRange[]>;
  /** The number of test files of which it is not known. */
  lacking: number;
}

interface CoveredRange {
  line: number;
  endLine: number;
  /** Those of `judged`. */
  testFiles: readonly object[];
}

/** One Jest project with its records, as far as the report needs them. */
export interface SourceProject {
  /** Empty if there is only one project. */
  name: string;
  data: SelectionData;
  /** All test files, each with its present decision. */
  judged: readonly JudgedTestFile[];
  /** Returns the present blocks of a recorded file. Null if the file is gone or does not transform. */
  current(version: StoredVersion): CurrentBlocks | null;
}

/** Reads details from the store, one record at a time. */
export interface RecordDetails {
  tests(recordId: number): StoredTest[];
  shared(recordId: number): { blocks: Buffer; dependencies: Buffer } | null;
  places(versionId: number): string;
}

/** The input of a report. */
export interface ReportSource {
  generator: string;
  project: string;
  /** Milliseconds since the epoch. */
  now: number;
  notice: string | null;
  projects: readonly SourceProject[];
  details: RecordDetails;
  coverage: CoverageSource | null;
  /** The newest first. */
  runs: readonly RunSummary[];
  spotChecks: ReportSpotChecks;
  flaky: readonly ReportFlakyTest[];
  /** Called after each test file with the number of test files so far. */
  progress?: ((done: number) => void) | undefined;
}

/** Creates a report from records and decisions. */
export function buildReport(source: ReportSource): ReportData {
  return new Builder(source).report();
}

class Builder {
  readonly #source: ReportSource;
  readonly #code = new ReachedCode();
  readonly #testFiles: ReportTestFile[] = [];
  readonly #indices = new Map<object, number>();
  readonly #tests: ReportTest[] = [];
  readonly #causes: ReportCause[] = [];
  /** By kind and label: the index of a cause, and the keys of its places. */
  readonly #knownCauses = new Map<string, { index: number; places: Set<string> }>();

  constructor(source: ReportSource) {
    this.#source = source;
    for (const project of source.projects) this.#addProject(project);
  }

  report(): ReportData {
    const { generator, project, now, notice, coverage, runs, spotChecks, flaky } = this.#source;
    const table = new ReachTable();
    const files = this.#code.files(table).map((file) => {
      const ranges = coverage?.files.get(file.path);
      return { ...file, covered: ranges?.map((range) => this.#covered(range, table)) ?? null };
    });
    return {
      format: 1,
      generator,
      project,
      generatedAt: now,
      notice,
      ...this.#orderedCauses(),
      tests: this.#tests,
      files,
      coverage: coverage && { lacking: coverage.lacking },
      reaches: table.reaches,
      runs: [...runs].reverse(),
      spotChecks,
      flaky: [...flaky],
    };
  }

  #covered({ line, endLine, testFiles }: CoveredRange, table: ReachTable): ReportCoveredLines {
    const reach = new Reach();
    const indices = testFiles.map((testFile) => this.#indices.get(testFile) ?? -1);
    for (const index of indices.sort((a, b) => a - b)) if (index >= 0) reach.testFiles.add(index);
    return { line, endLine, reach: table.intern(reach) };
  }

  #addProject(project: SourceProject): void {
    const { data, judged } = project;
    const code = this.#code.project(
      withoutTestFiles(data),
      (version) => project.current(version),
      (id) => this.#source.details.places(id),
    );
    for (const item of [...judged].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      const { path, decision, duration, skips } = item;
      const index = this.#testFiles.length;
      this.#indices.set(item, index);
      const stored = data.testFiles.get(path);
      this.#testFiles.push({
        path,
        project: project.name,
        duration: duration ?? null,
        verdict: decision.affected ? decision.reason : 'unaffected',
        skippedTests: skips?.positions.length ?? 0,
        causes: this.#causesOf(project, path, decision),
        lastOutcome: stored?.lastOutcome ?? null,
        ranLast: stored !== undefined && this.#isOfLastRun(stored.lastRunAt),
      });
      const record = shownRecord(stored?.records ?? [], decision);
      if (record !== undefined) this.#addRecord(index, record, data, code);
      this.#source.progress?.(index + 1);
    }
  }

  /** Adds what the tests of a record executed. */
  #addRecord(index: number, record: StoredRecord, data: SelectionData, code: ProjectCode): void {
    const { details } = this.#source;
    const first = this.#tests.length;
    const own = details.tests(record.id);
    for (const { name, duration, outcome } of own) {
      this.#tests.push({ file: index, name, duration, outcome });
    }
    const everyTest = own.map((_, position) => first + position);
    for (const { testFiles } of code.reached(record.blocks)) testFiles.add(index);
    const shared = details.shared(record.id);
    const sharedReach = code.reached(shared?.blocks ?? record.blocks);
    for (const reach of sharedReach) for (const test of everyTest) reach.tests.add(test);
    for (const [position, test] of own.entries()) {
      for (const reach of code.reached(test.blocks)) {
        if (!sharedReach.has(reach)) reach.tests.add(first + position);
      }
    }
    for (const id of decodeIds(record.dependencies)) {
      const dependency = data.dependencies.get(id);
      if (dependency?.kind !== 'file' || isPackaged(dependency.name)) continue;
      if (data.testFiles.has(dependency.name)) continue;
      const reach = this.#code.whole(dependency.name);
      if (reach.testFiles.items.at(-1) === index) continue;
      reach.testFiles.add(index);
      for (const test of everyTest) reach.tests.add(test);
    }
  }

  #isOfLastRun(time: number): boolean {
    const [last] = this.#source.runs;
    return last !== undefined && time >= last.startedAt;
  }

  #causesOf(project: SourceProject, path: string, decision: Decision): number[] {
    if (!decision.affected || decision.reason !== 'changed') return [];
    const { data } = project;
    const { mismatch, recordId } = decision;
    const record = recordWithId(data, path, recordId);
    const executed = new Map(
      decodeBlocks(record?.blocks ?? Buffer.alloc(0)).map(({ version, bits }) => [version, bits]),
    );
    const causes = new Set<number>();
    for (const id of mismatch.versions) {
      const version = data.versions.get(id);
      if (version === undefined) continue;
      const places = this.#source.details.places(id);
      const bits = executed.get(id) ?? new Uint8Array();
      causes.add(
        this.#cause(
          'code',
          version.path,
          changedPlaces(version, bits, places, project.current(version)),
        ),
      );
    }
    for (const id of mismatch.dependencies) {
      const dependency = data.dependencies.get(id);
      if (dependency !== undefined)
        causes.add(this.#cause('dependency', dependencyLabel(dependency), []));
    }
    return [...causes];
  }

  /** Returns the index of a cause, and adds places to it. */
  #cause(kind: ReportCause['kind'], label: string, places: ReportCause['places']): number {
    const { index, places: known } = getOrCreate(this.#knownCauses, `${kind} ${label}`, () => ({
      index: this.#causes.push({ kind, label, places: [] }) - 1,
      places: new Set<string>(),
    }));
    for (const place of places) {
      const key = `${place.line} ${place.endLine} ${place.name}`;
      if (known.has(key)) continue;
      known.add(key);
      this.#causes[index]?.places.push(place);
    }
    return index;
  }

  /** Sorts the causes by the number of test files they select, and adjusts the references of the test files. */
  #orderedCauses(): Pick<ReportData, 'causes' | 'testFiles'> {
    const causes = this.#causes;
    const selects = causes.map(() => 0);
    for (const file of this.#testFiles)
      for (const index of file.causes) selects[index] = (selects[index] ?? 0) + 1;
    const order = causes
      .map((_, index) => index)
      .sort((a, b) => (selects[b] ?? 0) - (selects[a] ?? 0) || a - b);
    const placeInOrder = new Map(order.map((index, place) => [index, place]));
    return {
      testFiles: this.#testFiles.map((file) => ({
        ...file,
        causes: file.causes.map((index) => placeInOrder.get(index) ?? 0).sort((a, b) => a - b),
      })),
      causes: order.flatMap((index) => {
        const cause = causes[index];
        return cause === undefined
          ? []
          : [{ ...cause, places: [...cause.places].sort((a, b) => a.line - b.line) }];
      }),
    };
  }
}

/** Returns the record that shows what a test file executes: the compared one, or else the latest complete one. */
function shownRecord(
  records: readonly StoredRecord[],
  decision: Decision,
): StoredRecord | undefined {
  const id = decision.affected && decision.reason !== 'changed' ? undefined : decision.recordId;
  return (
    records.find((record) => record.id === id) ??
    records.find(({ complete }) => complete) ??
    records[0]
  );
}

/** Leaves out the code of test files, because only the test file itself executes it. */
function withoutTestFiles({ versions, testFiles }: SelectionData): Map<number, StoredVersion> {
  return new Map([...versions].filter(([, { path }]) => !testFiles.has(path)));
}

function isPackaged(path: string): boolean {
  return /(^|\/)node_modules\//.test(path);
}
