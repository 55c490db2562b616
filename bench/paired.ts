/**
 * What recording costs, on a machine whose speed changes from minute to minute: bare Jest and a recording run at the same
 * time, each on a processor of its own, with their places swapped from round to round. Two such rounds are one figure, so
 * that neither the machine's speed nor a faster processor counts. Linux, with two processors or more.
 *
 *   npm run bench -- paired <project folder> [--rounds 8] [-- Jest arguments]
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { machine, median } from './support/measure';
import { addResult, printTable } from './support/results';

const program = new Command('paired')
  .argument('<project>', 'folder of a project with Jest installed')
  .argument('[jest arguments...]')
  .option('--rounds <count>', 'an even number of rounds', '8')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const rounds = Number(program.opts<{ rounds: string }>().rounds);

const folder = path.resolve(project);
const jest = createRequire(path.join(folder, 'package.json')).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'paired-'));
const data = path.join(scratch, '.testmondata');

/** Tells what its children took once they have ended. Source: proc(5), `cutime`. */
const SCRIPT = '"$@" >/dev/null 2>&1; echo "exit code $?" >&2; cat /proc/$$/stat';

/** Runs one script in band on one processor. Resolves to its user CPU in seconds; rejects where its tests fail. */
function userCpu(processor: number, script: string): Promise<number> {
  const args = ['--runInBand', '--silent', '--coverage=false', ...jestArguments];
  const child = spawn(
    'taskset',
    ['-c', String(processor), 'sh', '-c', SCRIPT, 'sh', process.execPath, script, ...args],
    { cwd: folder, env: { ...process.env, TESTMON_DATAFILE: data } },
  );
  let told = '';
  let stat = '';
  child.stderr.on('data', (chunk: Buffer) => (told += String(chunk)));
  child.stdout.on('data', (chunk: Buffer) => (stat += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      if (told !== 'exit code 0\n') reject(new Error(`${script} ended with ${told.trim()}.`));
      else resolve(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[13]) / 100);
    });
  });
}

async function pair(swapped: boolean): Promise<{ bare: number; recording: number }> {
  fs.rmSync(data, { force: true });
  const [bare, recording] = await Promise.all([
    userCpu(swapped ? 1 : 0, jest),
    userCpu(swapped ? 0 : 1, cli),
  ]);
  return { bare, recording };
}

async function main(): Promise<void> {
  // These fill Jest's transform caches and the compile cache, which are not compared.
  for (let run = 1; run <= 3; run += 1) await pair(run % 2 === 0);
  const pairs: { bare: number; recording: number }[] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push(await pair(round % 2 === 1));
  const ratios = pairs.map(({ bare, recording }) => recording / bare);
  const balanced = ratios.flatMap((ratio, round) =>
    round % 2 === 1 ? [Math.sqrt(ratio * (ratios[round - 1] ?? ratio))] : [],
  );
  console.log(machine(folder));
  printTable(
    'pairs',
    pairs.map(({ bare, recording }) => ({
      'bare, user CPU (s)': bare.toFixed(2),
      'recording (s)': recording.toFixed(2),
      'against bare': (recording / bare).toFixed(3),
    })),
  );
  const bare = median(pairs.map((each) => each.bare));
  const recording = median(pairs.map((each) => each.recording));
  addResult('ratio', { medians: recording / bare, swapped: median(balanced) });
  console.log(`Ratio of medians: ${(recording / bare).toFixed(3)}`);
  console.log(
    `Swapped pairs: ${balanced.map((ratio) => ratio.toFixed(3)).join(' ')}, median ${median(balanced).toFixed(3)}`,
  );
}

main()
  .finally(() => fs.rmSync(scratch, { recursive: true, force: true }))
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
