import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Project } from './harness';
import { NO_TRANSFORM, testing } from './scenarios/scenario';

jest.setTimeout(600_000);

let project: Project;
afterEach(() => project.remove());

const named = (name: string): string => `__tests__/${name}.test.js`;

/** Tests that read what is nowhere to be looked at again. */
const READING = {
  pipe: "const child = require('child_process').spawn('sh', ['-c', 'echo hello > pipe']);\nexpect(await fs.promises.readFile('pipe', 'utf8')).toContain('hello');",
  stream:
    "require('child_process').spawn('sh', ['-c', 'echo hello > pipe']);\nlet text = '';\nfor await (const part of fs.createReadStream('pipe')) text += part;\nexpect(text).toContain('hello');",
  'in-child':
    "require('child_process').spawn('sh', ['-c', 'echo hello > pipe']);\nexpect(require('child_process').execFileSync('node', ['read.js'], { encoding: 'utf8' })).toContain('hello');",
  // Where it is a socket, it cannot be opened by that name.
  'standard-input':
    "try { expect(fs.readFileSync('/dev/stdin', 'utf8')).toBe(''); } catch (error) { expect(error.code).toBe('ENXIO'); }",
  descriptor: "expect(fs.readFileSync(0, 'utf8')).toBe('');",
};

/** Tests that only look at such things, or read what is always the same. */
const LOOKING = {
  stat: "expect(fs.statSync('pipe').isFIFO()).toBe(true);",
  exists: "expect(fs.existsSync('pipe')).toBe(true);",
  'no-device': "expect(fs.readFileSync('/dev/null', 'utf8')).toBe('');",
  file: "expect(fs.readFileSync('read.js', 'utf8')).toContain('pipe');",
};

const onPosix = process.platform === 'win32' ? describe.skip : describe;

onPosix('what comes through pipes and devices', () => {
  it('selects those who read it each time, and says so, and not those who look', () => {
    project = new Project({
      ...NO_TRANSFORM,
      'read.js': "process.stdout.write(require('fs').readFileSync('pipe', 'utf8'));\n",
      ...Object.fromEntries(
        Object.entries({ ...READING, ...LOOKING }).map(([name, body]) => [
          named(name),
          `const fs = require('fs');\n${testing(body)}`,
        ]),
      ),
    });
    execFileSync('mkfifo', [project.path('pipe')]);
    expect(project.run(['-i'])).toMatchObject({ exitCode: 0 });
    expect(project.run(['-i'])).toMatchObject({
      exitCode: 0,
      ran: Object.keys(READING).map(named).sort(),
    });
    expect(project.run(['why', named('pipe')]).stdout).toContain(
      'what it read from pipe (a pipe, a socket or a device) cannot be watched',
    );
  });
});
