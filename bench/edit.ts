/**
 * One edit: from saving a one-line change to the end of the run, against `jest --onlyChanged` and all of Jest.
 *
 *   npm run bench -- edit <project folder> [--edits 5] [--seed 1] [--full] [-- Jest arguments]
 *
 * The folder must be a clean git checkout. Each edit is a seeded mutant of a source file that some test loads; it is
 * taken back afterwards. `--full` times all of Jest for each edit too; otherwise once.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { Command } from 'commander';
import { applyMutant, isSourceFile, mutantSequence, type Source } from './mutation/mutants';
import { machine, measure, median } from './support/measure';
import { addResult, printTable } from './support/results';

const program = new Command('edit')
  .argument('<project>', 'folder of a project with Jest installed, a clean git checkout')
  .argument('[jest arguments...]')
  .option('--edits <count>', 'how many', '5')
  .option('--seed <number>', 'what the edits are drawn by', '1')
  .option('--full', 'time all of Jest for each edit')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const { edits, seed, full } = program.opts<{ edits: string; seed: string; full?: true }>();

const folder = path.resolve(project);
const jest = createRequire(path.join(folder, 'package.json')).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
const common = ['--silent', '--coverage=false', ...jestArguments];

function time(script: string, ...args: string[]): { wall: number; testFiles: string } {
  const { wall, output } = measure(process.execPath, [script, ...args, ...common], folder);
  const [, ran = '0'] = /^Test Suites:.*?(\d+) total/m.exec(output) ?? [];
  return { wall, testFiles: ran };
}

async function main(): Promise<void> {
  const sources = trackedSources();
  time(cli);
  console.log(machine(folder));
  console.log(`${sources.length} source files; seed ${seed}`);
  const rows: Record<string, Record<string, string>> = {};
  const walls = { ours: [] as number[], changed: [] as number[], all: [] as number[] };
  let done = 0;
  for await (const mutant of mutantSequence(sources, Number(seed), isLoaded)) {
    if (done++ >= Number(edits)) break;
    const file = path.join(folder, mutant.file);
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, applyMutant(text, mutant));
    try {
      const ours = time(cli, '--testmon-nocollect');
      const changed = time(jest, '--onlyChanged');
      walls.ours.push(ours.wall);
      walls.changed.push(changed.wall);
      if (full === true || walls.all.length === 0) walls.all.push(time(jest).wall);
      rows[`${mutant.file}:${mutant.line}`] = {
        'jest-testmon': `${ours.wall.toFixed(1)} s, ${ours.testFiles} test files`,
        'jest --onlyChanged': `${changed.wall.toFixed(1)} s, ${changed.testFiles} test files`,
      };
    } finally {
      fs.writeFileSync(file, text);
    }
  }
  printTable('edits', rows);
  const [ours, changed, all] = [walls.ours, walls.changed, walls.all].map(median);
  addResult('median wall (s)', { ours, changed, all });
  console.log(
    `median wall: jest-testmon ${ours?.toFixed(1)} s, jest --onlyChanged ${changed?.toFixed(1)} s, jest ${all?.toFixed(1)} s`,
  );
}

function trackedSources(): Source[] {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: folder, encoding: 'utf8' });
  return stdout
    .split('\0')
    .filter((file) => file !== '' && isSourceFile(file))
    .map((file) => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8') }));
}

/** An edit of a file that no test imports runs nothing anywhere. */
function isLoaded(file: string): boolean {
  const args = [
    jest,
    ...jestArguments,
    '--listTests',
    '--findRelatedTests',
    path.join(folder, file),
  ];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return stdout.trim() !== '';
}

void main();
