import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Project, type RunResult } from '../harness';
import { families } from './families';

jest.setTimeout(300_000);

/**
 * The promise, row by row: whatever could change a test's result selects that test file, and no other. Every edit is
 * made to a copy of a recorded project, so that a scenario also shows that records hold in another folder.
 */
describe.each(families)('$name', ({ base, scenarios }) => {
  describe.each([1, 3])('with %i workers', (workers) => {
    const args = [...(base.args ?? []), `--maxWorkers=${workers}`];
    let recorded: Project;

    beforeAll(() => {
      recorded = new Project(base.files, base.packages ?? ['jest']);
      base.prepare?.(recorded);
      const first = recorded.run(args, { env: base.env });
      if (first.exitCode !== 0 || first.ran.length === 0) throw new Error(`the first run failed:\n${first.stdout}${first.stderr}`);
    });
    afterAll(() => {
      recorded.remove();
    });

    const unchanged = { name: 'nothing changed', edit: () => undefined, expectRan: [] };
    for (const scenario of [unchanged, ...scenarios]) {
      const { name, edit, env, expectRan, expectExit = 0, failing } = { env: undefined, expectExit: 0, failing: undefined, ...scenario };
      const declare = failing === undefined ? test : test.failing;
      declare(failing === undefined ? name : `${name} (not yet: ${failing})`, () => {
        const project = recorded.copy();
        try {
          edit(project);
          const second = project.run(args, { env: { ...base.env, ...env } });
          expect(outcome(second)).toEqual({ ran: [...expectRan].sort(), exitCode: expectExit });
        } finally {
          project.remove();
        }
      });
    }
  });
});

/** What is asserted; the output comes along where a run went wrong altogether. */
function outcome({ ran, exitCode }: RunResult): { ran: string[]; exitCode: number | null } {
  return { ran, exitCode };
}
