/**
 * Walks a real history, first parent by first parent, as somebody would who runs the tool at each commit. At each,
 * bare Jest is the truth: a test file that was left out and fails makes the commit unsafe.
 *
 *   npm run bench -- replay <repository> --commits 40 --packages <folder with node_modules>
 *   npm run bench -- replay <repository> --commits 40 --install 'npm ci --ignore-scripts'
 *   npm run bench -- replay <repository> --touching src,test --granularity file,test --json out.json
 *
 * Without `--install` the packages stay those that `--packages` has, whatever the commits ask for. Jest's own
 * arguments follow `--`.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { History, type Commit } from './replay/history';
import { Runner, type Run } from './replay/jest';
import { judge, type Judged } from './replay/judge';
import { render, type Walked } from './replay/report';
import { machine } from './support/measure';
import { addResult } from './support/results';

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');
const program = new Command('replay')
  .argument('<repository>', 'a git repository with history')
  .argument('[jest arguments...]')
  .option('--commits <number>', 'commits to judge', Number, 40)
  .option('--to <commit>', 'the last of them', 'HEAD')
  .option('--touching <paths>', 'only commits that change one of these', list, [])
  .option('--folder <folder>', "the project's folder in the repository", '.')
  .option('--packages <folder>', 'a folder whose installed packages are linked into the clone')
  .option('--install <command>', 'installs packages wherever a commit changes the lock file')
  .option('--granularity <levels>', 'file, test, or both', list, ['file'])
  .option('--dist <folder>', "the tool's build", path.resolve(__dirname, '../dist'))
  .option('--work <folder>', 'where the clone is made')
  .parse();
const flags = program.opts<{
  commits: number;
  to: string;
  touching: string[];
  folder: string;
  packages?: string;
  install?: string;
  granularity: string[];
  dist: string;
  work?: string;
}>();
const [repository = '.', ...jestArguments] = program.args;

function main(): void {
  const work = flags.work ?? fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-replay-'));
  const history = new History(
    path.resolve(repository),
    path.join(work, path.basename(path.resolve(repository), '.git')),
    flags.folder,
  );
  const [base, ...commits] = history.commits(flags.to, flags.commits, flags.touching);
  if (base === undefined) throw new Error(`There is no commit before ${flags.to}.`);
  history.checkOut(base);
  if (flags.packages !== undefined) history.linkPackages(path.resolve(flags.packages));
  else history.install(flags.install ?? 'npm ci --ignore-scripts');

  const cli = path.join(path.resolve(flags.dist), 'cli.js');
  const runner = (name: string, tool: ConstructorParameters<typeof Runner>[3]): Runner =>
    new Runner(history.project, path.join(work, name), jestArguments, tool);
  const bare = runner('bare', null);
  const tools = flags.granularity.map((granularity) => ({
    granularity,
    runner: runner(granularity, { cli, granularity }),
  }));

  console.log(machine(history.project));
  // The first runs have nothing in their caches, neither of them.
  const truth = bare.run();
  if ((truth.files?.size ?? 0) === 0)
    throw new Error(`Bare Jest ran no test file at ${base.id}: ${truth.said.slice(-800)}`);
  const walks = tools.map(({ granularity, runner }): Walked => {
    const first = judge(truth, runner.run(), (files) => bare.run(files));
    tell(base, granularity, first, null);
    return { granularity, first, commits: [] };
  });
  for (const commit of commits) {
    history.checkOut(commit);
    const installed = flags.install !== undefined && history.install(flags.install);
    const truth = bare.run();
    for (const [index, { granularity, runner }] of tools.entries()) {
      const ours = runner.run();
      const judged = judge(truth, ours, (files) => bare.run(files));
      const broken = brokenBy(truth, ours);
      tell(commit, granularity, judged, broken);
      walks[index]?.commits.push({ ...judged, commit, installed, broken });
    }
  }
  for (const walked of walks) {
    console.log(render(walked));
    addResult(walked.granularity, walked);
  }
  process.exitCode = walks.some(({ commits }) => commits.some(isUnsafe)) ? 1 : 0;
}

const isUnsafe = ({ unsafe, broken }: Walked['commits'][number]): boolean =>
  unsafe.length > 0 || broken !== null;

/** What is wrong with how a run ended. */
function brokenBy(bare: Run, tool: Run): string | null {
  if (bare.files === null) return null;
  if (tool.files === null) return `no result, exit code ${tool.exitCode}: ${tool.said.slice(-800)}`;
  const failed = [...tool.files.values()].some((file) => file.failed);
  return failed && tool.exitCode === 0 ? 'the exit code is 0, though a test file fails' : null;
}

function tell(commit: Commit, granularity: string, judged: Judged, broken: string | null): void {
  const { unsafe, others, typesOnly, filesRun, files, testsRun, tests } = judged;
  const said = [
    `${commit.id} ${commit.date} ${granularity}: ${filesRun}/${files} test files, ${testsRun}/${tests} tests,`,
    `CPU ${judged.cpu.toFixed(1)} (${judged.bareCpu.toFixed(1)}) s, wall ${judged.wall.toFixed(1)} (${judged.bareWall.toFixed(1)}) s  ${commit.subject.slice(0, 60)}`,
    ...unsafe.map(
      ({ testFile, test, message }) => `\n  UNSAFE ${testFile} ${test ?? ''}\n${message}`,
    ),
    ...typesOnly.map(({ testFile }) => `\n  types alone ${testFile}`),
    ...others.map(
      ({ testFile, test, message }) => `\n  OTHER ${testFile} ${test ?? ''}\n${message}`,
    ),
    ...(broken === null ? [] : [`\n  BROKEN ${broken}`]),
  ];
  console.log(said.join(' '));
}

main();
