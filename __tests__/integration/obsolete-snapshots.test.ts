import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Project, type RunResult } from './harness';

jest.setTimeout(600_000);

let project: Project;
afterEach(() => project.remove());

const SNAPSHOT = "test('it', () => expect(1).toMatchSnapshot());\n";

/** What Jest says of snapshots. */
function said({ exitCode, stderr }: RunResult): unknown {
  const lines = stderr.split('\n').map((line) => line.trim());
  return { exitCode, lines: lines.filter((line) => /obsolete|removed|^↳/.test(line)).map(plain) };
}

/** Of those that passed, there are as many as ran. */
function plain(line: string): string {
  return line.replace(/, \d+ passed.*/, '');
}

describe.each(['jest', 'jest29'])('a snapshot file without a test file, with %s', (version) => {
  const make = (): void => {
    project = new Project(
      {
        'jest.config.js':
          "module.exports = { projects: ['one', 'two'].map((name) => ({ displayName: name, rootDir: name, transform: {} })) };\n",
        'one/kept.test.js': SNAPSHOT,
        'one/other.test.js': SNAPSHOT,
        'two/kept.test.js': SNAPSHOT,
        'two/gone.test.js': SNAPSHOT,
      },
      { jest: version },
    );
    expect(project.run(['--ci=false']).exitCode).toBe(0);
    project.write({ 'two/gone.test.js': null });
  };

  it('fails the run as Jest does, though nothing is affected', () => {
    make();
    const bare = project.run(['--ci'], { plain: true });
    expect(bare.exitCode).toBe(1);
    for (const args of [['--ci'], []]) {
      const ours = project.run(args);
      expect(said(ours)).toEqual(said(bare));
      expect(ours.ran).toEqual(['two two/kept.test.js']);
    }
    expect(project.run(['--listTests']).stdout).not.toContain('one/');
  });

  it('is removed by -u while selecting', () => {
    make();
    const ours = project.run(['-u', '--testmon-forceselect']);
    expect(ours.exitCode).toBe(0);
    expect(ours.stderr).toContain('1 snapshot file removed');
    expect(project.run().ran).toEqual([]);
  });
});
