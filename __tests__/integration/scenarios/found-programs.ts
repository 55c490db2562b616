import * as fs from 'node:fs';
import * as path from 'node:path';
import { NO_TRANSFORM, testing, type Family, type Files, type Project } from './scenario';

const run = (name: string): string => `__tests__/${name}.test.js`;

/** Ways to start the program that is called as the test with `-tool`, by a `PATH` that the test makes. */
const WAYS: Record<string, (tool: string) => string> = {
  exec: (tool) => `await promisify(childProcess.exec)('${tool}', { env });`,
  'exec-sync': (tool) => `childProcess.execSync('${tool}', { env });`,
  'exec-file': (tool) => `await promisify(childProcess.execFile)('${tool}', ['word'], { env });`,
  'exec-file-sync': (tool) => `childProcess.execFileSync('${tool}', { env });`,
  spawn: (tool) =>
    `await new Promise((end) => childProcess.spawn('${tool}', { env }).once('exit', end));`,
  'spawn-sync': (tool) => `childProcess.spawnSync('${tool}', [], { env, cwd: at('elsewhere') });`,
  'in-shell': (tool) => `childProcess.spawnSync('${tool}', ['word'], { env, shell: true });`,
  'in-named-shell': (tool) => `childProcess.spawnSync('${tool}', { env, shell: '/bin/sh' });`,
  'in-line': (tool) => `childProcess.execSync('if true; then WORD=1 ${tool} | cat; fi', { env });`,
  'in-substitution': (tool) => `childProcess.execSync('echo "$(${tool} word)"', { env });`,
  'by-sh': (tool) => `childProcess.spawnSync('sh', ['-ec', '${tool}'], { env });`,
  'by-env': (tool) => `childProcess.spawnSync('env', ['PATH=' + env.PATH, '${tool}']);`,
  assigned: (tool) =>
    `childProcess.execSync('PATH=./early:"$PWD"/bin:$PATH; ${tool}', { cwd: at('.') });`,
  'relative-path': (tool) =>
    `childProcess.spawnSync('${tool}', { cwd: at('elsewhere'), env: { ...env, PATH: '../early:../bin:' + process.env.PATH } });`,
  'variable-of-test': (tool) =>
    `process.env.PATH = env.PATH;\nchildProcess.execFileSync('${tool}', { env: process.env });`,
  'child-of-node': (tool) =>
    `childProcess.spawnSync(process.execPath, ['-e', "require('child_process').execSync('${tool}')"], { env });`,
  'by-script': () => "childProcess.spawnSync('sh', [at('scripts/by-script.sh')], { env });",
  'by-python': () => "childProcess.spawnSync('python3', [at('scripts/by-python.py')], { env });",
};

/** Programs that are found by the `PATH` that the whole run has. */
const OF_RUN: Record<string, string> = {
  own: "childProcess.execSync('own-tool');",
  packaged: "childProcess.execSync('packaged-tool word');",
  local: "childProcess.execFileSync('local-tool');",
  shim: "childProcess.execFileSync('shim-tool');",
  system: "childProcess.execSync('uname');",
};

const PREAMBLE = `const childProcess = require('child_process');
const path = require('path');
const { promisify } = require('util');
const at = (name) => path.join(__dirname, '..', name);
const env = { ...process.env, PATH: [at('early'), at('bin'), process.env.PATH].join(path.delimiter) };
`;

const names = Object.keys(WAYS);
const toolOf = (name: string): string => `${name}-tool`;

function program(project: Project, name: string, text: string): void {
  project.write({ [name]: `#!/bin/sh\n${text}\n` });
  fs.chmodSync(project.path(name), 0o755);
}

function bin(project: Project, name: string, target: string): void {
  fs.mkdirSync(project.path('node_modules/.bin'), { recursive: true });
  fs.symlinkSync(target, project.path(`node_modules/.bin/${name}`));
}

/** Programs that a test gives by a name alone, and that are found in a folder of the workspace. */
export const foundPrograms: Family = {
  name: 'programs that are found by PATH',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(
        Object.entries(WAYS).flatMap(([name, way]): [keyof Files, string][] => [
          [run(name), PREAMBLE + testing(way(toolOf(name)))],
          [`bin/data/${name}.txt`, ''],
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(OF_RUN).map(([name, body]) => [run(name), PREAMBLE + testing(body)]),
      ),
      [run('nothing')]: PREAMBLE + testing("childProcess.execSync('other-tool', { env });"),
      'early/nothing.txt': '',
      'elsewhere/nothing.txt': '',
      'scripts/by-script.sh': 'by-script-tool\n',
      'scripts/by-python.py': "import subprocess\nsubprocess.run(['by-python-tool', 'word'])\n",
      'node_modules/packaged/package.json': '{"name":"packaged","version":"1.0.0"}',
      'node_modules/shimmed/package.json': '{"name":"shimmed","version":"1.0.0"}',
    },
    prepare: (project) => {
      for (const name of names)
        program(project, `bin/${toolOf(name)}`, `cat "$(dirname "$0")/data/${name}.txt"`);
      program(project, 'bin/other-tool', 'true');
      program(project, 'own-bin/own-tool', 'true');
      program(project, 'packages/local/run.sh', 'true');
      program(project, 'node_modules/packaged/run.sh', 'true');
      program(project, 'node_modules/shimmed/run.sh', 'true');
      bin(project, 'packaged-tool', '../packaged/run.sh');
      bin(project, 'local-tool', '../../packages/local/run.sh');
      // As pnpm writes them.
      program(
        project,
        'node_modules/.bin/shim-tool',
        'basedir=$(dirname "$0")\nexec "$basedir/../shimmed/run.sh" "$@"',
      );
    },
    env: {
      PATH: ['node_modules/.bin', 'own-bin', process.env.PATH].join(path.delimiter),
    },
  },
  scenarios: [
    {
      name: 'a program',
      edit: (project) => {
        for (const name of names) program(project, `bin/${toolOf(name)}`, 'echo other');
      },
      expectRan: names.map(run),
    },
    {
      name: 'what a program that is a script names',
      edit: (project) => {
        for (const name of names) project.write({ [`bin/data/${name}.txt`]: 'other' });
      },
      expectRan: names.map(run),
    },
    {
      name: 'a program in a folder that is searched before',
      edit: (project) => {
        for (const name of names) program(project, `early/${toolOf(name)}`, 'echo other');
      },
      expectRan: names.map(run),
    },
    {
      name: 'a program that the PATH of the run finds',
      edit: (project) => program(project, 'own-bin/own-tool', 'echo other'),
      expectRan: [run('own')],
    },
    {
      name: 'a program in a folder of the workspace that hides one of the system',
      edit: (project) => program(project, 'own-bin/uname', 'echo other'),
      expectRan: [run('system')],
      alone: true,
    },
    {
      name: 'a program of a package that hides one of the system',
      edit: (project) => bin(project, 'uname', '../packaged/run.sh'),
      expectRan: [run('system')],
      alone: true,
    },
    {
      name: 'the package of a program',
      edit: (project) => project.edit('node_modules/packaged/package.json', '"1.0.0"', '"1.0.1"'),
      expectRan: [run('packaged')],
    },
    {
      name: 'the package of a program that a script starts',
      edit: (project) => project.edit('node_modules/shimmed/package.json', '"1.0.0"', '"1.0.1"'),
      expectRan: [run('shim')],
    },
    {
      name: 'the program of a workspace package',
      edit: (project) => program(project, 'packages/local/run.sh', 'echo other'),
      expectRan: [run('local')],
    },
  ],
};
