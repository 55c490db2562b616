import * as fs from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ENTRY, Project, type RunResult } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const FILES = {
  'jest.config.js': 'module.exports = { transform: {} };',
  'a.test.js': "test('is there', () => {});\n",
};

/** What Jest and we said, without what differs from run to run. */
function said({ exitCode, stdout, stderr }: RunResult): unknown {
  return { exitCode, stdout, stderr: stderr.replace(/Time: .*/g, '') };
}

const PATHS = { jest: '--testPathPatterns=zzz', jest29: '--testPathPattern=zzz' };

describe.each(['jest', 'jest29'] as const)('where %s finds no tests', (version) => {
  it.each([
    ['nothing-like-this'],
    ['--json', PATHS[version]],
    ['--selectProjects', 'nope'],
    ['--findRelatedTests', 'package.json'],
    ['--verbose', '--silent', 'zzz'],
  ])('the command says and ends what Jest does: %s %s', (...args) => {
    project = new Project(FILES, { jest: version });
    const bare = project.run(args, { plain: true });
    expect(bare.exitCode).toBe(1);
    expect(said(project.run(args))).toEqual(said(bare));
    expect(project.leftovers()).toEqual([]);
  });

  it('a config with withTestmon does', () => {
    project = new Project(FILES, { jest: version });
    const bare = project.run(['zzz'], { plain: true });
    expect(bare.exitCode).toBe(1);
    project.write({
      'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {} });`,
    });
    expect(said(project.run(['zzz'], { plain: true }))).toEqual(said(bare));
  });

  it('a program of its own that runs Jest is not started twice, and no line names another exit code', () => {
    project = new Project(
      {
        ...FILES,
        'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {} });`,
        'run.js':
          "require('fs').appendFileSync('started', 'x');\nrequire('jest').run(process.argv.slice(2));\n",
      },
      { jest: version },
    );
    const result = project.run(['zzz'], { cli: project.path('run.js') });
    expect(result.exitCode).toBe(1);
    expect(result.stdout + result.stderr).toContain('No tests found, exiting with code 1');
    expect(result.stdout + result.stderr).not.toContain('exiting with code 0');
    expect(fs.readFileSync(project.path('started'), 'utf8')).toBe('x');
  });
});
