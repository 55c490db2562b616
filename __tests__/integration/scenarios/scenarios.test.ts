import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { Project } from '../harness';
import { families } from './families';
import { limit, once } from './pace';
import type { Scenario } from './scenario';

jest.setTimeout(600_000);

/** Most of a scenario is one busy process of Jest's, so two at a time use two cores. */
const inTurn = limit(2);

/**
 * The promise, row by row: whatever could change a test's result selects that test file, and no other. Every edit is
 * made to a copy of a recorded project, so that a scenario also shows that records hold in another folder.
 */
describe.each(families)('$name', ({ base, scenarios, unchanged = [] }) => {
  describe.each([1, 3])('with %i workers', (workers) => {
    // A busy machine takes its time to start children.
    const args = [...(base.args ?? []), `--maxWorkers=${workers}`, '--testTimeout=60000'];
    const run = (project: Project, env?: NodeJS.ProcessEnv) =>
      inTurn(
        () =>
          project.start(args, {
            env: { ...base.env, ...env },
            cwd: project.path(base.folder ?? '.'),
          }).done,
      );

    const record = once(async () => {
      const project = new Project(base.files, base.packages ?? ['jest']);
      base.prepare?.(project);
      return { project, first: await run(project) };
    });
    afterAll(async () => {
      (await record()).project.remove();
    });

    const control: Scenario = {
      name: 'nothing changed',
      edit: () => undefined,
      expectRan: unchanged,
    };
    // Where an edit of no consequence is among the scenarios, it says as much.
    const rows = scenarios.some(isOfNoConsequence) ? scenarios : [control, ...scenarios];
    for (const { name, edit, env, expectRan, expectExit = 0, failing } of rows) {
      const scenario = async () => {
        const recorded = await record();
        if (recorded.first.exitCode !== 0)
          throw new Error(
            `the first run failed:\n${recorded.first.stdout}${recorded.first.stderr}`,
          );
        const project = recorded.project.copy();
        try {
          edit(project);
          const { ran, exitCode } = await run(project, env);
          expect({ ran, exitCode }).toEqual({ ran: [...expectRan].sort(), exitCode: expectExit });
        } finally {
          project.remove();
        }
      };
      if (failing === undefined) test.concurrent(name, scenario);
      else test.concurrent.failing(`${name} (not yet: ${failing})`, scenario);
    }
  });
});

function isOfNoConsequence({ expectRan, failing }: Scenario): boolean {
  return failing === undefined && expectRan.length === 0;
}
