import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';
import { FRAMEWORKS } from './stacks/frameworks';
import { PLAIN } from './stacks/plain';
import { REACT } from './stacks/react';
import type { Stack } from './stacks/stack';
import { command } from './upkeep/command';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const STACKS: Record<string, Stack> = { ...FRAMEWORKS, ...REACT, ...PLAIN };

/** Each is a row of the table "works with" in the docs. */
describe.each(Object.keys(STACKS))('%s', (name) => {
  test('nothing runs again, and each edit runs the test files that it can affect', () => {
    const stack = STACKS[name];
    if (stack === undefined) throw new Error(name);
    project = new Project(stack.files, ['jest', ...stack.packages]);
    const first = project.run(['--maxWorkers=2']);
    expect([first.failed, first.exitCode, first.stderr]).toEqual([[], 0, first.stderr]);
    expect(project.run().ran).toEqual([]);
    for (const [what, file, from, to, expectRan] of stack.edits) {
      project.edit(file, from, to);
      // A template has no lines of its own in any source map.
      if (what === 'a template')
        expect(command(project, ['why', 'greeting']).stdout).toContain(
          '\n    template, lines 1-3  src/Greeting.vue:1\n',
        );
      const { ran, exitCode } = project.run(['-i']);
      expect({ what, ran, exitCode }).toEqual({ what, ran: expectRan, exitCode: 0 });
    }
  });
});
