import type { FileOutcome, Run } from './jest';

/** What one commit showed of the tool in one granularity. */
export interface Judged {
  /** Test files, or tests, that were left out and fail; each with the beginning of its message. */
  unsafe: Difference[];
  /** As above, where the type checker alone is what fails them, which is not watched by default. */
  typesOnly: Difference[];
  /** Other results of what did run. */
  others: Difference[];
  /** Test files and tests that were run, of how many. */
  filesRun: number;
  files: number;
  testsRun: number;
  tests: number;
  cpu: number;
  wall: number;
  bareCpu: number;
  bareWall: number;
}

/** One test file, or test, that came out otherwise. */
export interface Difference {
  testFile: string;
  test: string | null;
  message: string;
}

/**
 * Compares a run of the tool with the truth.
 * @param again Runs test files again without the tool; one that then passes is not steady, and is left out.
 */
export function judge(bare: Run, tool: Run, again: (testFiles: readonly string[]) => Run): Judged {
  const truth = bare.files ?? new Map<string, FileOutcome>();
  const ours = tool.files ?? new Map<string, FileOutcome>();
  const left: Difference[] = [];
  const others: Difference[] = [];
  let testsRun = 0;
  let tests = 0;
  for (const [testFile, outcome] of truth) {
    const run = ours.get(testFile);
    tests += outcome.tests.size;
    testsRun += run?.tests.size ?? 0;
    const message = outcome.message.slice(0, 1500);
    if (run === undefined) {
      if (outcome.failed) left.push({ testFile, test: null, message });
      continue;
    }
    for (const [test, status] of outcome.tests) {
      const there = run.tests.get(test);
      if (there === undefined && status === 'failed') left.push({ testFile, test, message });
      if (there !== undefined && there !== status)
        others.push({
          testFile,
          test,
          message: `${there}, bare ${status}: ${run.message}${message}`,
        });
    }
    if (run.failed !== outcome.failed && outcome.tests.size === run.tests.size)
      others.push({ testFile, test: null, message: run.message.slice(0, 1500) + message });
  }
  const steady = steadyOf([...left, ...others], again, truth);
  const unsafe = left.filter(({ testFile }) => steady.has(testFile));
  const ofTypes = ({ message }: Difference): boolean => /\bTS\d{3,5}: /.test(message);
  return {
    unsafe: unsafe.filter((one) => !ofTypes(one)),
    typesOnly: unsafe.filter(ofTypes),
    others: others.filter(({ testFile }) => steady.has(testFile)),
    filesRun: [...truth.keys()].filter((file) => ours.has(file)).length,
    files: truth.size,
    testsRun,
    tests,
    cpu: tool.cpu,
    wall: tool.wall,
    bareCpu: bare.cpu,
    bareWall: bare.wall,
  };
}

/** Those of the test files that come out the same when they run without the tool twice more. */
function steadyOf(
  differences: readonly Difference[],
  again: (testFiles: readonly string[]) => Run,
  truth: ReadonlyMap<string, FileOutcome>,
): Set<string> {
  const files = [...new Set(differences.map(({ testFile }) => testFile))];
  if (files.length === 0) return new Set();
  const runs = [again(files), again(files)];
  return new Set(
    files.filter((file) =>
      runs.every((run) => {
        const one = run.files?.get(file);
        return one !== undefined && outcomeOf(one) === outcomeOf(truth.get(file));
      }),
    ),
  );
}

function outcomeOf(file: FileOutcome | undefined): string {
  return JSON.stringify([file?.failed, [...(file?.tests ?? [])].sort()]);
}
