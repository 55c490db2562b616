/**
 * The memory of the largest process of a run, against bare Jest: of many trivial test files in one process, and of test
 * files that leave many objects on their global object, in two workers. Linux only.
 *
 *   npm run bench -- memory [--rounds 2] [--trivial 500] [--heavy 240] [--objects 20000]
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { machine, median } from './support/measure';
import { printTable } from './support/results';

const program = new Command('memory')
  .option('--rounds <count>', 'runs of each', '2')
  .option('--trivial <count>', 'trivial test files', '500')
  .option('--heavy <count>', 'test files that leave objects', '240')
  .option('--objects <count>', 'how many each leaves', '20000')
  .parse();
const given = program.opts<Record<'rounds' | 'trivial' | 'heavy' | 'objects', string>>();

const jest = createRequire(__filename).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
const SAMPLE_MS = 50;

/** Every process, by the one that started it. */
function processes(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statusOf(Number(name), 'PPid'));
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

/** A field of a process. Source: proc(5), `/proc/pid/status`. */
function statusOf(pid: number, field: string): string {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? '0';
  } catch {
    // It has ended since.
    return '0';
  }
}

/**
 * Runs a command.
 * @returns Mebibytes that the largest of its processes had at its peak.
 */
async function peakOf(args: readonly string[], folder: string): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  let peak = 0;
  const sample = () => {
    const children = processes();
    const open = [child.pid ?? 0];
    for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
      peak = Math.max(peak, Number(statusOf(pid, 'VmHWM')));
      open.push(...(children.get(pid) ?? []));
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const exitCode = await new Promise((done) => child.on('close', done));
  clearInterval(timer);
  if (exitCode !== 0)
    throw new Error(`${args.join(' ')} ended with ${String(exitCode)}\n${output}`);
  return peak / 1024;
}

function makeProject(count: number, testFile: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-memory-'));
  fs.writeFileSync(path.join(folder, 'package.json'), '{"name":"memory","private":true}');
  // The command looks for Jest from the project's folder.
  fs.symlinkSync(path.join(__dirname, '../node_modules'), path.join(folder, 'node_modules'), 'dir');
  fs.writeFileSync(
    path.join(folder, 'jest.config.json'),
    JSON.stringify({ transform: {}, cacheDirectory: path.join(folder, '.cache') }),
  );
  for (let nth = 0; nth < count; nth += 1)
    fs.writeFileSync(path.join(folder, `t${nth}.test.js`), testFile);
  return folder;
}

async function compare(count: number, testFile: string, ...args: string[]) {
  const folder = makeProject(count, testFile);
  const peaks = { bare: [] as number[], testmon: [] as number[] };
  try {
    for (let round = 0; round < Number(given.rounds); round += 1) {
      peaks.bare.push(await peakOf([jest, ...args], folder));
      peaks.testmon.push(await peakOf([cli, ...args, '--testmon-noselect'], folder));
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  const [bare, testmon] = [median(peaks.bare), median(peaks.testmon)];
  return {
    'bare Jest (MB)': Math.round(bare),
    'jest-testmon (MB)': Math.round(testmon),
    ratio: (testmon / bare).toFixed(2),
  };
}

async function main(): Promise<void> {
  const trivial = Number(given.trivial);
  const trivialTest = "test('it', () => undefined);\n";
  const heavyTest = `globalThis.left = Array.from({ length: ${given.objects} }, (_, n) => ({ n, text: 'left ' + n }));
test('it', () => undefined);\n`;
  console.log(`${machine()}; peak of the largest process, medians of ${given.rounds}`);
  const fifth = Math.ceil(trivial / 5);
  printTable('memory', {
    [`${fifth} trivial test files, in band`]: await compare(fifth, trivialTest, '-i'),
    [`${trivial} trivial test files, in band`]: await compare(trivial, trivialTest, '-i'),
    [`${trivial} trivial test files, in band, --detectLeaks`]: await compare(
      trivial,
      trivialTest,
      '-i',
      '--detectLeaks',
    ),
    [`${given.heavy} that leave ${given.objects} objects each, 2 workers`]: await compare(
      Number(given.heavy),
      heavyTest,
      '--maxWorkers=2',
    ),
  });
}

void main();
