/**
 * Whether the report of a run with coverage that selects is that of a full run. Records a project once, and then makes
 * seeded edits: after each, `coverage-final.json` (where each statement, function and branch is, and whether it is hit)
 * and `coverage-summary.json` of the selected run are compared with those of bare `jest --coverage` at the same state.
 *
 *   npm run bench -- coverage-edits <project folder> --edits 20 --seed 1
 *   npm run bench -- coverage-edits <project folder> --only 7      # one of them, by its number
 *   npm run bench -- coverage-edits <project folder> --provider v8  # V8 counts, for both
 *   npm run bench -- coverage-edits <project folder> --cumulative  # each edit on top of those before
 *
 * The project itself stays as it is. Jest's own arguments follow `--`.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { differences, type Report } from './coverage-edits/compare';
import { drawEdit, EDIT_KINDS, type EditedSource, type EditKind } from './coverage-edits/edits';
import { isSourceFile, type Source } from './mutation/mutants';
import { Random } from './mutation/random';
import { Workspace } from './mutation/workspace';
import { machine, measure } from './support/measure';
import { addResult, printTable } from './support/results';

const program = new Command('coverage-edits')
  .argument('<project>', 'folder of a project with its packages installed')
  .argument('[jest arguments...]')
  .option('--edits <number>', 'edits to compare', Number, 20)
  .option('--seed <number>', 'what determines them', Number, 1)
  .option('--only <number>', 'compares one of them alone', Number)
  .option('--cumulative', 'makes each edit on top of those before')
  .option('--provider <name>', "what counts: 'babel' or 'v8'; else as the project says")
  .option('--work <folder>', 'where the copy of the project is kept')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const flags = program.opts<{
  edits: number;
  seed: number;
  only?: number;
  cumulative?: true;
  provider?: string;
  work?: string;
}>();

/** One run with coverage. */
interface CoveredRun extends Report {
  exitCode: number | null;
  /** Seconds of CPU. */
  cpu: number;
  /** How many test files ran. */
  ran: number;
}

/** One edit, and what came of it. */
interface Compared {
  number: number;
  kind: EditKind;
  file: string;
  line: number;
  ran: number;
  of: number;
  cpu: number;
  bareCpu: number;
  /** What differs from bare Jest. Empty where nothing does. */
  differences: string[];
}

async function main(): Promise<number> {
  const work = path.resolve(
    flags.work ?? fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-coverage-edits-')),
  );
  const workspace = new Workspace(fs.realpathSync(project), work);
  await workspace.prepareProject();
  workspace.prepareTool(path.resolve(__dirname, '..'));
  workspace.forgetRecords();
  const reversed = writeReversingSequencer(workspace, work);
  const bare = (...args: string[]): CoveredRun => runCovered(workspace, 'bare', work, args);
  const ours = (): CoveredRun => runCovered(workspace, 'ours', work, []);
  const otherwise = (): CoveredRun[] =>
    [[], ['--runInBand'], ['--runInBand', `--testSequencer=${reversed}`]].map((args) =>
      bare(...args),
    );

  console.log(machine(workspace.project));
  const [first, full] = [ours(), bare()];
  if (full.files === null || full.ran === 0) throw new Error('Bare Jest wrote no report.');
  const isSame = JSON.stringify(first.files) === JSON.stringify(full.files);
  console.log(
    `${full.ran} test files; the first report ${isSame ? 'is that of bare Jest, counts included' : `differs: ${differences(first, full).join('; ') || 'in counts alone'}`}`,
  );
  addResult('first', { isSame, differences: differences(first, full) });

  const covered = new Set(Object.keys(full.files).map((file) => workspace.relative(file)));
  const read = (): Source[] =>
    workspace
      .sources([workspace.project], new Set())
      .filter(({ file }) => covered.has(file) && isSourceFile(file));
  const sources = read();
  const random = new Random(flags.seed);
  const compared: Compared[] = [];
  for (let number = 1; number <= flags.edits; number += 1) {
    const kind = EDIT_KINDS[(number - 1) % EDIT_KINDS.length] ?? 'comment';
    const edited = drawEdit(flags.cumulative ? read() : sources, kind, number, random);
    if (edited === null || (flags.only !== undefined && flags.only !== number)) continue;
    const source = sources.find(({ file }) => file === edited.file);
    if (source === undefined) continue;
    workspace.mutate(source, edited.text);
    const compare = (): Promise<Compared> =>
      Promise.resolve(judge(number, edited, ours(), bare(), otherwise));
    const result = await (flags.cumulative ? compare() : workspace.keepingRecords(compare));
    if (!flags.cumulative) workspace.restore();
    tell(result);
    compared.push(result);
  }
  workspace.restore();
  printTable('edits', tableOf(compared));
  addResult('all', compared);
  return compared.some((one) => one.differences.length > 0) ? 1 : 0;
}

function judge(
  number: number,
  { kind, file, line }: EditedSource,
  ours: CoveredRun,
  bare: CoveredRun,
  otherwise: () => CoveredRun[],
): Compared {
  let found = differences(ours, bare);
  // What bare Jest reports otherwise from run to run, or with test files in another order, is nobody's fault.
  if (found.length > 0) {
    const unsteady = new Set(otherwise().flatMap((run) => differences(run, bare)));
    if (unsteady.size > 0) found = found.filter((what) => !unsteady.has(what));
  }
  if (ours.exitCode !== bare.exitCode)
    found = [...found, `the exit code is ${ours.exitCode} and not ${bare.exitCode}`];
  const { ran, cpu } = ours;
  return {
    ...{ number, kind, file, line, ran, of: bare.ran, cpu, bareCpu: bare.cpu },
    differences: found,
  };
}

/**
 * Writes a sequencer by which test files run in the opposite order. Under V8, what Jest 29 reports of a function may
 * depend on it.
 */
function writeReversingSequencer(workspace: Workspace, work: string): string {
  const jest = createRequire(path.join(workspace.project, 'package.json')).resolve(
    'jest/package.json',
  );
  const core = createRequire(jest).resolve('@jest/core');
  const base = createRequire(core).resolve('@jest/test-sequencer');
  const file = path.join(work, 'reversing-sequencer.js');
  fs.writeFileSync(
    file,
    `const { default: Base } = require(${JSON.stringify(base)});
module.exports = class extends Base {
  async sort(tests) { return [...(await super.sort(tests))].reverse(); }
};\n`,
  );
  return file;
}

function runCovered(
  workspace: Workspace,
  who: 'ours' | 'bare',
  work: string,
  further: readonly string[],
): CoveredRun {
  const folder = path.join(work, `coverage-${who}`);
  const output = path.join(work, `${who}.json`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.rmSync(output, { force: true });
  const script =
    who === 'ours'
      ? workspace.cli
      : createRequire(path.join(workspace.project, 'package.json')).resolve('jest/bin/jest');
  const args = [
    ...['--coverage', '--ci', '--silent', '--json', `--outputFile=${output}`],
    ...['json', 'json-summary'].map((name) => `--coverageReporters=${name}`),
    `--coverageDirectory=${folder}`,
    `--cacheDirectory=${path.join(work, `cache-${who}`)}`,
    ...(flags.provider === undefined ? [] : [`--coverageProvider=${flags.provider}`]),
    ...jestArguments,
    ...further,
  ];
  const run = measure(process.execPath, [script, ...args], workspace.project, { CI: 'true' });
  const results = readJson(output) as { testResults?: { status: string }[] } | null;
  return {
    exitCode: run.exitCode,
    cpu: run.user + run.system,
    ran: (results?.testResults ?? []).filter(
      ({ status }) => status !== 'skipped' && status !== 'pending',
    ).length,
    files: readJson(path.join(folder, 'coverage-final.json')) as Report['files'],
    summary: readJson(path.join(folder, 'coverage-summary.json')),
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    // The run has not come so far.
    return null;
  }
}

function tell({ number, kind, file, line, ran, of, cpu, bareCpu, ...rest }: Compared): void {
  const said = rest.differences.length === 0 ? 'equal' : 'DIFFERS';
  console.log(
    `${number} ${kind} ${file}:${line}: ${said}, ${ran}/${of} test files, CPU ${cpu.toFixed(1)} (${bareCpu.toFixed(1)}) s`,
  );
  for (const what of rest.differences.slice(0, 20)) console.log(`    ${what}`);
}

function tableOf(compared: readonly Compared[]): Record<string, Record<string, number | string>> {
  const row = (of: readonly Compared[]) => {
    const mean = (value: (one: Compared) => number) =>
      (of.reduce((sum, one) => sum + value(one), 0) / of.length).toFixed(1);
    return {
      edits: of.length,
      equal: of.filter((one) => one.differences.length === 0).length,
      'test files run': mean(({ ran }) => ran),
      'of bare': mean((one) => one.of),
      'CPU (s)': mean(({ cpu }) => cpu),
      'bare CPU (s)': mean(({ bareCpu }) => bareCpu),
    };
  };
  const rows = EDIT_KINDS.map(
    (kind) => [kind, compared.filter((one) => one.kind === kind)] as const,
  );
  return Object.fromEntries(
    [...rows, ['all', compared] as const]
      .filter(([, of]) => of.length > 0)
      .map(([kind, of]) => [kind, row(of)]),
  );
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
