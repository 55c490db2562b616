import * as fs from 'node:fs';
import { NO_TRANSFORM, testing, type Family, type Project, type Scenario } from './scenario';

const test = (name: string): string => `__tests__/${name}.test.js`;

/** What a test file asks of one path. Each name is also that of its link, which leads to `first.txt`. */
const ASKS: Record<string, string> = {
  'realpath-after-exists': "fs.existsSync(file); expect(fs.realpathSync(file)).toMatch('t');",
  'readlink-after-stat': "fs.statSync(file); expect(fs.readlinkSync(file)).toMatch('t');",
  'exists-after-readlink': 'fs.readlinkSync(file); expect(fs.existsSync(file)).toBe(true);',
  'readlink-after-access':
    "await fs.promises.access(file); expect(await fs.promises.readlink(file)).toMatch('t');",
  'child-after-exists':
    "require('child_process').execFileSync(process.execPath, ['-e', 'fs.existsSync(process.argv[1]); fs.realpathSync(process.argv[1])', file]);",
};

/** What a test file asks of a path that is no link yet. */
const PLAIN: Record<string, string> = {
  realpath: "expect(fs.realpathSync(file)).toMatch('t');",
  lstat: "expect(typeof fs.lstatSync(file).isSymbolicLink()).toBe('boolean');",
  entry:
    "expect(fs.readdirSync('plain', { withFileTypes: true }).filter((entry) => entry.isFile()).length).toBeGreaterThan(0);",
};

const IN_TEST = (file: string, body: string): string =>
  testing(`const fs = require('fs');\nconst file = '${file}';\n${body}`);

/** Makes the path a link to another file. */
function lead(project: Project, link: string, target: string): void {
  project.write({ [link]: null });
  fs.symlinkSync(target, project.path(link));
}

const permitting = (name: string, file: string, mode: number, row: string): Scenario => ({
  name: row,
  edit: (project) => fs.chmodSync(project.path(file), mode),
  expectRan: [test(name)],
});

/** Where paths lead, and what may be done with them. */
export const links: Family = {
  name: 'links and permissions',
  base: {
    files: {
      ...NO_TRANSFORM,
      'first.txt': 'text',
      'second.txt': 'text',
      'plain/realpath.txt': 'text',
      'plain/lstat.txt': 'text',
      'shown/mode.sh': '#!/bin/sh\n',
      'shown/access.sh': '#!/bin/sh\n',
      'shown/run.sh': '#!/bin/sh\necho done\n',
      'shown/shell.sh': '#!/bin/sh\necho done\n',
      'shown/child.sh': '#!/bin/sh\necho done\n',
      'shown/tool.js': '#!/usr/bin/env node\n',
      'shown/size.txt': 'text',
      ...Object.fromEntries(
        Object.entries(ASKS).map(([name, body]) => [test(name), IN_TEST(`links/${name}`, body)]),
      ),
      ...Object.fromEntries(
        Object.entries(PLAIN).map(([name, body]) => [
          test(name),
          IN_TEST(`plain/${name}.txt`, body),
        ]),
      ),
      [test('mode')]: testing(
        "expect(require('fs').statSync('shown/mode.sh').mode & 0o100).toBeTruthy();",
      ),
      [test('access')]: testing(
        "await require('fs').promises.access('shown/access.sh', require('fs').constants.X_OK);",
      ),
      [test('run')]: testing("require('child_process').execFileSync('./shown/run.sh');"),
      [test('shell')]: testing("require('child_process').execSync('shown/shell.sh && true');"),
      [test('child')]: testing(
        "require('child_process').execFileSync(process.execPath, ['-e', 'child_process.spawnSync(`./shown/child.sh`).status || process.exit()']);",
      ),
      [test('tool')]: testing("require('child_process').execFileSync('shown/tool.js');"),
      [test('exists')]: testing("expect(require('fs').existsSync('shown/size.txt')).toBe(true);"),
    },
    prepare: (project) => {
      fs.mkdirSync(project.path('links'));
      for (const name of Object.keys(ASKS))
        fs.symlinkSync('../first.txt', project.path(`links/${name}`));
      for (const name of ['mode', 'access', 'run', 'shell', 'child'])
        fs.chmodSync(project.path(`shown/${name}.sh`), 0o755);
      fs.chmodSync(project.path('shown/tool.js'), 0o755);
    },
  },
  scenarios: [
    ...Object.keys(ASKS).map((name) => ({
      name: `a link that comes to lead elsewhere, for ${name}`,
      edit: (project: Project) => lead(project, `links/${name}`, '../second.txt'),
      expectRan: [test(name)],
    })),
    ...['realpath', 'lstat'].map((name) => ({
      name: `a file that becomes a link, for ${name}`,
      edit: (project: Project) => lead(project, `plain/${name}.txt`, '../second.txt'),
      expectRan: [test('entry'), test(name)],
      alone: true,
    })),
    {
      ...permitting(
        'mode',
        'shown/mode.sh',
        0o644,
        'a script that is no longer executable, for stat',
      ),
      expectExit: 1,
    },
    {
      ...permitting('access', 'shown/access.sh', 0o644, 'the same, for access'),
      expectExit: 1,
    },
    {
      ...permitting('run', 'shown/run.sh', 0o644, 'the same, for a test that runs it'),
      expectExit: 1,
    },
    {
      ...permitting('shell', 'shown/shell.sh', 0o644, 'the same, for a shell that runs it'),
      expectExit: 1,
    },
    permitting('child', 'shown/child.sh', 0o644, 'the same, for a child that runs it'),
    {
      ...permitting('tool', 'shown/tool.js', 0o644, 'the same, for a program of Node'),
      expectExit: 1,
    },
    {
      name: 'what others than the owner may do, and a file that is only looked for',
      edit: (project) => {
        fs.chmodSync(project.path('shown/mode.sh'), 0o775);
        fs.chmodSync(project.path('shown/size.txt'), 0o755);
      },
      expectRan: [],
    },
  ],
};
