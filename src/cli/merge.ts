import * as path from 'node:path';
import { locateProject } from '../config/reading/locate';
import { whySelectionIsOff } from '../controller/checks/escapes';
import { count, some } from '../terminal/logger';
import { showProgress, type Progress } from '../terminal/progress';
import { ciRunId, mergeFiles, type Merged, type ShardCheck } from '../store';
import { swallowed } from '../terminal/debug';
import { printable } from '../terminal/printable';
import { EXIT, fail, makeCommand, printJson, printLines, printNotice } from './command';
import type { Subcommand } from './subcommand';

interface Flags {
  into?: string;
  config?: string;
  json?: true;
}

/** `jest-testmon merge`: merges the databases of shards or machines. */
export const merge: Subcommand = {
  name: 'merge',
  summary: 'unite the databases of shards or machines',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = makeCommand(
    merge.name,
    'Unites databases, such as those of shards or of other machines, with the one of this project. Records are facts, ' +
      'so nothing conflicts: in whatever order and however often databases are merged, the result is the same. ' +
      'Either all of them are merged, or nothing changes. Of shards it is checked that they left no test file out.',
    {
      exitCodes: [
        '0  merged',
        '1  one of the files cannot be used, which is said, and nothing was changed; or they were merged, but of the shards ' +
          'none ran a test file that was affected',
        '2  the command line was not understood',
      ],
      examples: [
        ['merge shards/*', 'add what the shards recorded'],
        ['merge --into all.db a.db b.db', 'unite two databases in a third file'],
      ],
    },
  )
    .argument('<file...>', 'databases to add; they stay as they are')
    .option(
      '--into <file>',
      'the database to add to, made if it is missing (default: the project’s)',
    )
    .option('-c, --config <path>', 'the Jest config of the project, as for Jest')
    .option('--json', 'print the result as JSON')
    .parse(args, { from: 'user' });
  const flags = command.opts<Flags>();
  try {
    const { target, keep } = await findTarget(flags);
    const merged = withProgress((progress) =>
      mergeFiles(target, command.args, {
        now: Date.now(),
        keep,
        progress,
        runId: ciRunId(process.env),
      }),
    );
    if (flags.json === true) printJson({ into: target, ...merged });
    else printLines(describe(target, merged));
    const { shards } = merged;
    for (const sentence of [...(shards === null ? [] : faultsOf(shards)), ...escapesOf(merged)])
      printNotice(`testmon: ${sentence}`);
    process.exitCode = (shards?.missing.length ?? 0) > 0 ? EXIT.bad : EXIT.good;
  } catch (error) {
    fail(error, flags.json === true);
  }
}

/** Shows how many test files are merged. Their total is only known once the databases are read. */
function withProgress<T>(work: (progress: (done: number, of: number) => void) => T): T {
  let shown: Progress | undefined;
  try {
    return work((done, of) => (shown ??= showProgress('merging test files', of)).at(done));
  } finally {
    shown?.end();
  }
}

async function findTarget({
  into,
  config,
}: Flags): Promise<{ target: string; keep: number | undefined }> {
  if (into === undefined) {
    const { dataFile, options } = await locateProject(config);
    return { target: dataFile, keep: options.keepRecords };
  }
  // Outside of a project, databases are merged with default options.
  const place = await locateProject(config).catch((error: unknown) => {
    swallowed('cli', error, 'looking for a project; databases are merged without its options');
    return null;
  });
  return { target: path.resolve(into), keep: place?.options.keepRecords };
}

function faultsOf({ found, absent, missing }: ShardCheck): string[] {
  const gone =
    absent.length === 0
      ? []
      : [
          `${absent.length === 1 ? 'shard' : 'shards'} ${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not among the databases, which hold ${found.join(', ')}.`,
        ];
  if (missing.length === 0) return gone;
  const one = missing.length === 1;
  return [
    ...gone,
    `${count(missing.length, 'test file')} ${one ? 'was' : 'were'} affected, and no shard ran ${one ? 'it' : 'them'} to the end${some(missing, 20)}; run the shards again, each of them on the same commit and with the same count.`,
  ];
}

function escapesOf({ openEscapes }: Merged): string[] {
  if (openEscapes.length === 0) return [];
  return [
    `${printable(whySelectionIsOff(openEscapes))}: the next run takes everything, until ${openEscapes.length === 1 ? 'that test file passes' : 'those test files pass'} or --testmon-trust is given.`,
  ];
}

function describe(target: string, { sources, before, after, shards }: Merged): string[] {
  const added = after.records - before.records;
  const gain = added > 0 ? `${count(added, 'record')} more than before` : 'no more than before';
  return [
    `${path.relative(process.cwd(), target) || target} now holds ${count(after.records, 'record')} of ` +
      `${count(after.testFiles, 'test file')}, ${gain}, after merging ${count(sources.length, 'database')}.`,
    ...(shards === null || shards.missing.length + shards.absent.length > 0
      ? []
      : [`Shards ${shards.found.join(', ')}: every test file was run or unaffected.`]),
  ];
}
