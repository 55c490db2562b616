import { afterAll, describe, expect, test, jest } from '@jest/globals';
import { Project } from './harness';
import { command } from './upkeep/command';

jest.setTimeout(300_000);

const NODE = require.resolve('jest-environment-node');
const environment = `module.exports = require(${JSON.stringify(NODE)}).default;\n`;

/** Two projects, each with an environment of its own, and the environment of one of them edited after the run. */
const project = new Project({
  'jest.config.js': `module.exports = { projects: ['a', 'b'].map((name) => ({
    displayName: name, rootDir: __dirname + '/' + name, transform: {}, testEnvironment: __dirname + '/' + name + '/env.js' })) };\n`,
  ...Object.fromEntries(
    ['a', 'b'].flatMap((name) => [
      [`${name}/env.js`, environment],
      [`${name}/value.js`, 'module.exports = 1;\n'],
      [`${name}/t.test.js`, "test('t', () => { expect(require('./value')).toBe(1); });\n"],
    ]),
  ),
});
afterAll(() => project.remove());

const CHANGED =
  'The Jest config, a transformer, Jest or another part of the tool chain changed since the last run, so the next run takes all 1 test file.';

/** An edit of that environment, as git tells it. */
const DIFF = `diff --git a/a/env.js b/a/env.js
--- a/a/env.js
+++ b/a/env.js
@@ -1 +1,2 @@
 ${environment}+module.exports.edited = true;
diff --git a/b/value.js b/b/value.js
--- a/b/value.js
+++ b/b/value.js
@@ -1 +1 @@
-module.exports = 1;
+module.exports = 2;
`;

describe('an edit of the environment of one project', () => {
  test('is told of by status, why and impact', () => {
    expect(project.run().exitCode).toBe(0);
    expect(command(project, ['impact', 'a/env.js']).stdout).toMatch(
      /^a\/env\.js is part of the tool chain: .* everything in 1 of 2 projects, 1 test file, /,
    );
    expect(command(project, ['impact', '--diff'], {}, DIFF).stdout).toMatch(
      /^This change of 2 files would run everything in 1 of 2 projects, 2 test files in all, .* one of the tool chain \(a\/env\.js\)/,
    );
    project.write({ 'a/env.js': `${environment}module.exports.edited = true;\n` });
    const status = command(project, ['status']).stdout;
    expect(status).toContain(`1 of 2 test files would run now.\n[a a] ${CHANGED}\n`);
    expect(status).not.toContain('Not recorded yet');
    expect(JSON.parse(command(project, ['status', '--json']).stdout)).toMatchObject({
      outdated: ['a/t.test.js'],
    });
    expect(command(project, ['why', 'a/t.test.js']).stdout).toContain(
      'another part of the tool chain',
    );
    expect(command(project, ['impact', 'a/value.js']).stdout).toBe(`[a a] ${CHANGED}\n`);
    const other = command(project, ['impact', 'b/value.js']).stdout;
    expect(other).toMatch(/^A change of b\/value\.js would run 1 test file/);
    expect(other).toContain(`[a a] ${CHANGED}`);
  });
});
