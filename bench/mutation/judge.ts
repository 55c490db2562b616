import type { JestRunner, RunResult } from './jest';
import { applyMutant, type Mutant, type Source } from './mutants';
import { isInShare } from './random';
import { WHOLE_FILE, type Escape, type MutantResult, type TestFileResult } from './results';
import type { Base } from './state';
import type { Workspace } from './workspace';

/** What judging a mutant needs to know. */
export interface Bench {
  workspace: Workspace;
  jest: JestRunner;
  base: Base;
  build: string;
  seed: number;
  granularity: 'file' | 'test';
  /** Also run what the tool selects, to see whether it kills the mutant. */
  kills: boolean;
  /** Share of the unselected test files that never loaded the mutated file, to run all the same. */
  unloadedShare: number;
  /** Test files whose recorded run loaded a file. */
  loadersOf: (file: string) => string[];
  /** Test files that Jest relates to a file. */
  relatedTo: (file: string) => Promise<string[]>;
}

/** Everything that fails when one bare run of Jest is over, by test file. */
type Failures = Map<string, TestFileResult>;

/** Puts a mutant into the copy of the project, asks the tool what it selects, and runs what it leaves out. */
export async function judge(bench: Bench, mutant: Mutant, source: Source): Promise<MutantResult> {
  const startedAt = Date.now();
  const { workspace, jest, base } = bench;
  const notes: string[] = [];
  const related = (await bench.relatedTo(mutant.file)).length;
  const mutate = () => {
    workspace.mutate(source, applyMutant(source.text, mutant));
  };
  try {
    mutate();
    const { tests: selected, said } = await jest.select();
    notes.push(...said);
    const checked = toCheck(bench, mutant, selected);
    const { failures, killed } = await runAll(bench, selected, checked, notes);
    const missedTests =
      bench.granularity === 'test' ? await runSelection(bench, failures, selected) : null;
    const suspects = new Map([...failures].filter(([file]) => checked.includes(file)));
    for (const [file, result] of missedTests?.failures ?? []) suspects.set(file, result);
    const { confirmed, typeFailures } = await confirm(bench, mutant, suspects, mutate);
    return {
      mutant,
      build: bench.build,
      selected: selected.length,
      related,
      loaded: bench.loadersOf(mutant.file).length,
      checked: checked.length,
      fileShare:
        selected.reduce((sum, file) => sum + (base.testCounts[file] ?? 0), 0) /
        Math.max(base.testCount, 1),
      testShare: missedTests?.ran == null ? null : missedTests.ran / Math.max(base.testCount, 1),
      disturbed: missedTests?.disturbed ?? [],
      killed,
      escapes: confirmed,
      typeFailures,
      notes,
      seconds: (Date.now() - startedAt) / 1000,
    };
  } finally {
    workspace.restore();
  }
}

/** The unselected test files to run: those that loaded the mutated file, and some of the others. */
function toCheck(bench: Bench, mutant: Mutant, selected: readonly string[]): string[] {
  const loaders = new Set(bench.loadersOf(mutant.file));
  return bench.base.tests.filter(
    (file) =>
      !selected.includes(file) &&
      (loaders.has(file) || isInShare(bench.seed, `${mutant.id}:${file}`, bench.unloadedShare)),
  );
}

/**
 * Runs the unselected test files, and the selected ones in the same run where kills are counted.
 * What does not fail without a mutant is left.
 */
async function runAll(
  bench: Bench,
  selected: readonly string[],
  checked: readonly string[],
  notes: string[],
): Promise<{ failures: Failures; killed: boolean | null }> {
  const wanted =
    bench.kills || bench.granularity === 'test' ? [...selected, ...checked] : [...checked];
  if (wanted.length === 0) return { failures: new Map(), killed: bench.kills ? false : null };
  const result = await bench.jest.run(wanted);
  if (result !== null) {
    const failures = newFailures(bench.base, result);
    const killed = bench.kills ? selected.some((file) => failures.has(file)) : null;
    return { failures, killed };
  }
  // A mutant that loops or eats all memory takes the run down; the unselected ones must not be among its victims.
  notes.push('a run did not end by itself');
  if (wanted.length === checked.length) {
    return { failures: await runOneByOne(bench, checked), killed: bench.kills ? false : null };
  }
  const alone =
    checked.length === 0 ? new Map<string, TestFileResult>() : await bench.jest.run(checked);
  const failures =
    alone === null ? await runOneByOne(bench, checked) : newFailures(bench.base, alone);
  return { failures, killed: bench.kills ? true : null };
}

async function runOneByOne(bench: Bench, files: readonly string[]): Promise<Failures> {
  const failures: Failures = new Map();
  for (const file of files) {
    const result = await bench.jest.run([file]);
    if (result === null) {
      failures.set(file, {
        failed: true,
        failures: [WHOLE_FILE],
        ran: [],
        message: 'It did not end by itself.',
      });
    } else {
      for (const [failed, found] of newFailures(bench.base, result)) failures.set(failed, found);
    }
  }
  return failures;
}

/** Lets the tool run its selection, and tells which failing tests of selected test files it left out. */
async function runSelection(
  { jest, workspace, base }: Bench,
  failures: Failures,
  selected: readonly string[],
): Promise<{ failures: Failures; ran: number | null; disturbed: string[] }> {
  const result =
    (await workspace.keepingRecords(() => jest.runSelected())) ?? new Map<string, TestFileResult>();
  const missed: Failures = new Map();
  const disturbed: string[] = [];
  let ran = 0;
  for (const file of selected) {
    const own = result.get(file);
    ran += own?.ran.length ?? 0;
    const bare = failures.get(file);
    if (own?.failed === true && bare === undefined && base.failures[file] === undefined)
      disturbed.push(file);
    if (own === undefined || bare === undefined || own.failed) continue;
    const left = bare.failures.filter((name) => !own.ran.includes(name));
    if (left.length > 0) missed.set(file, { ...bare, failures: left });
  }
  // Where a test file cannot even load, how many of its tests would have run is not known.
  const loaded = selected.every(
    (file) => result.get(file)?.failures.includes(WHOLE_FILE) === false,
  );
  return { failures: missed, ran: loaded ? ran : null, disturbed };
}

/** Only what fails again with the mutant, and not without it, has escaped; a type error elsewhere has not. */
async function confirm(
  bench: Bench,
  mutant: Mutant,
  suspects: Failures,
  mutate: () => void,
): Promise<{ confirmed: Escape[]; typeFailures: string[] }> {
  const typeFailures = [...suspects]
    .filter(([, result]) => isTypeFailure(result, mutant.file))
    .map(([file]) => file);
  let left = suspects;
  if (typeFailures.length > 0) {
    // Behind the type checker's complaint there may be a failure of the program itself.
    const unchecked = await bench.jest.run(typeFailures, 'unchecked');
    const failing = unchecked === null ? left : newFailures(bench.base, unchecked);
    left = new Map([...left].filter(([file]) => !typeFailures.includes(file) || failing.has(file)));
  }
  const escapes: Escape[] = [];
  for (const [testFile, first] of left) {
    const types = typeFailures.includes(testFile) ? 'unchecked' : 'checked';
    const again = namesOf(await bench.jest.run([testFile], types), testFile);
    bench.workspace.restore();
    const without = namesOf(await bench.jest.run([testFile], types), testFile);
    mutate();
    const tests = first.failures.filter((name) => again.includes(name) && !without.includes(name));
    if (tests.length === 0) continue;
    escapes.push({
      testFile,
      tests,
      loaded: bench.loadersOf(mutant.file).includes(testFile),
      message: first.message.trim().slice(0, 2_000),
    });
  }
  return {
    confirmed: escapes,
    typeFailures: typeFailures.filter((file) => !escapes.some(({ testFile }) => testFile === file)),
  };
}

function namesOf(result: RunResult, testFile: string): string[] {
  return result === null ? [WHOLE_FILE] : (result.get(testFile)?.failures ?? []);
}

function newFailures(base: Base, result: Map<string, TestFileResult>): Failures {
  const failures: Failures = new Map();
  for (const [file, found] of result) {
    const known = base.failures[file] ?? [];
    const names = found.failures.filter((name) => !known.includes(name));
    if (names.length > 0) failures.set(file, { ...found, failures: names });
  }
  return failures;
}

/**
 * True where ts-jest's type checker refused a file that imports the mutated one: by default the tool leaves that to
 * the type checker. One it finds in the mutated file itself keeps that file from running, which must be noticed.
 */
export function isTypeFailure({ failures, message }: TestFileResult, mutated: string): boolean {
  if (failures.some((name) => name !== WHOLE_FILE)) return false;
  const errors = [...message.matchAll(/(\S+?)[:(]\d+[:,]\d+\)?\s*[-:]\s*error\s+TS\d+/g)];
  return errors.length > 0 && errors.every(([, file = '']) => !isSame(file, mutated));
}

function isSame(file: string, mutated: string): boolean {
  return file === mutated || file.endsWith(`/${mutated}`);
}
