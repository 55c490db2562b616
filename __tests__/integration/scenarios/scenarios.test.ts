import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { Project, type RunResult } from '../harness';
import { families, oneOfEachKind } from './families';
import { isQuickTestRun } from '../../turns';
import { columnsOf } from './columns';
import type { Group } from './groups';
import { limit, once } from './pace';
import type { Base, Scenario } from './scenario';

jest.setTimeout(600_000);

/** Most of a scenario is one busy process of Jest's, so two at a time use two cores. */
const inTurn = limit(2);

/**
 * The promise, row by row: whatever could change a test's result selects that test file, and no other. Every edit is
 * made to a copy of a recorded project, so that a scenario also shows that records hold in another folder.
 *
 * Rows that select different test files share a copy and a run, which must select exactly what they
 * say together. Where it does not, each of them is run alone, to say which one is at fault.
 */
describe.each(
  (isQuickTestRun ? oneOfEachKind : families).map((family, index) => ({ ...family, index })),
)('$name', (family) => {
  describe.each(columnsOf(family, family.index))('with $workers workers', ({ workers, groups }) => {
    const run = runner(family.base);
    const record = once(async () => {
      const project = new Project(family.base.files, family.base.packages ?? ['jest']);
      family.base.prepare?.(project);
      return { project, first: await inTurn(() => run(project, workers)) };
    });
    afterAll(async () => {
      (await record()).project.remove();
    });

    /** Makes the edits of the rows to one copy of the recorded project, and runs it. */
    const editAndRun = async (rows: Group): Promise<Outcome> => {
      const recorded = await record();
      if (recorded.first.exitCode !== 0)
        throw new Error(`the first run failed:\n${recorded.first.stdout}${recorded.first.stderr}`);
      return inTurn(async () => {
        const project = recorded.project.copy();
        try {
          for (const { edit } of rows) edit(project);
          // How it was recorded is what differs; what is affected, the controller finds alone.
          return outcomeOf(await run(project, 1, rows[0]?.env), rows);
        } finally {
          project.remove();
        }
      });
    };

    for (const rows of groups) {
      const together = once(() => editAndRun(rows));
      for (const row of rows) {
        const scenario = async (): Promise<void> => {
          const outcome = await together().catch((error: unknown) => ({ error }));
          const expected = expectedOf(rows);
          if (rows.length > 1 && !isEqual(outcome, expected))
            expect(await editAndRun([row])).toEqual(expectedOf([row]));
          expect({ rows: rows.map(({ name }) => name), ...outcome }).toEqual({
            rows: rows.map(({ name }) => name),
            ...expected,
          });
        };
        const { name, failing } = row;
        if (failing === undefined) test.concurrent(name, scenario);
        else test.concurrent.failing(`${name} (not yet: ${failing})`, scenario);
      }
    }
  });
});

/** What is asserted of a run. */
interface Outcome {
  ran: readonly string[];
  exitCode: number | null;
  /** The rows that should pass of which a test file failed, by name. */
  failed: readonly string[];
}

function outcomeOf({ ran, exitCode, failed }: RunResult, rows: Group): Outcome {
  const hasFailed = ({ expectRan, expectExit = 0 }: Scenario) =>
    expectExit === 0 && expectRan.some((testFile) => failed.includes(testFile));
  return { ran, exitCode, failed: rows.filter(hasFailed).map(({ name }) => name) };
}

function expectedOf(rows: Group): Outcome {
  return {
    ran: rows.flatMap(({ expectRan }) => expectRan).sort(),
    exitCode: Math.max(...rows.map(({ expectExit = 0 }) => expectExit)),
    failed: [],
  };
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Makes the function that runs Jest on a project of the family. */
function runner(base: Base) {
  // A busy machine takes its time to start children.
  const args = [...(base.args ?? []), '--testTimeout=60000'];
  return (project: Project, workers: number, env?: NodeJS.ProcessEnv): Promise<RunResult> =>
    project.start([...args, `--maxWorkers=${workers}`], {
      env: { ...base.env, ...env },
      cwd: project.path(base.folder ?? '.'),
    }).done;
}
