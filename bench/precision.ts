/**
 * How much of a suite a change selects: for each recorded block of a project's source, the share of test files and of
 * tests that would run, weighted by the lines of the block, against coarser ways to tell.
 *
 *   npm run bench -- precision <project folder> [--related 20] [--seed 1] [-- Jest arguments]
 *
 * The project must have been recorded (`jest-testmon`). `--findRelatedTests` is asked for a seeded sample of the files,
 * as each answer is a start of Jest.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { Command } from 'commander';
import { decodeLocations } from '../src/blocks';
import { functionsOf } from '../src/report/functions';
import { decodeBlocks, type Store } from '../src/store';
import { Random } from './mutation/random';
import { isSourceFile } from './mutation/mutants';
import { machine } from './support/measure';
import { printTable } from './support/results';

// The built one, since Jest reads the composed config from a file of it.
const { openInspection } = createRequire(__filename)(
  '../dist/inspection',
) as typeof import('../src/inspection');

const program = new Command('precision')
  .argument('<project>', 'folder of a recorded project')
  .argument('[jest arguments...]')
  .option('--related <count>', 'files to ask --findRelatedTests about', '20')
  .option('--seed <number>', 'what the sample is drawn by', '1')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const { related, seed } = program.opts<{ related: string; seed: string }>();

/** Who executed what, by number: of the test file, and of the test within the suite. */
interface Reach {
  testFiles: Set<number>;
  tests: Set<number>;
}

/** One version of one source file: by block, who executed it. */
interface RecordedSource {
  path: string;
  places: string;
  blocks: Reach[];
}

async function main(): Promise<void> {
  process.chdir(project);
  // Options of Node belong to the environment, and those that ts-node adds are not the project's.
  process.execArgv.length = 0;
  const jest = createRequire(path.resolve('package.json')).resolve('jest/bin/jest');
  const inspection = await openInspection(jestArguments);
  const { store } = inspection;
  if (store === null)
    throw new Error('Nothing is recorded; run jest-testmon in that folder first.');
  const sources = new Map<string, RecordedSource>();
  const counts = { testFiles: 0, tests: 0 };
  for (const { project: inspected } of inspection.projects) {
    if (inspected.data !== null) addRecords(store, inspected.data, sources, counts);
  }
  const { root } = inspection.request;
  inspection.close();

  const files = [...sources.values()].filter(({ path: file }) => isSourceFile(file));
  const shares = new Shares(counts);
  for (const source of files) addSource(shares, source);

  console.log(machine('.'));
  console.log(
    `${counts.testFiles} test files, ${counts.tests} tests, ${files.length} source files, ${shares.blocks} blocks; seed ${seed}`,
  );
  const table: Record<string, Record<string, string>> = shares.table();
  const sample = sampled(files, Number(related), new Random(Number(seed)));
  if (sample.length > 0) {
    const asked = sample.map((source) => ({
      lines: linesOf(source),
      ours: union(source.blocks).testFiles.size,
      jests: listRelated(jest, path.join(root, source.path)),
    }));
    const mean = (of: (item: (typeof asked)[number]) => number) =>
      percent(
        asked.reduce((sum, item) => sum + of(item) * item.lines, 0) /
          asked.reduce((sum, item) => sum + item.lines, 0) /
          counts.testFiles,
      );
    table[`--findRelatedTests (${sample.length} files)`] = {
      'test files': mean(({ jests }) => jests),
      tests: '',
    };
    table['whole files, the same files'] = { 'test files': mean(({ ours }) => ours), tests: '' };
  }
  printTable('shares', table);
}

/** Adds the newest complete record of each test file. */
function addRecords(
  store: Store,
  data: NonNullable<
    Awaited<ReturnType<typeof openInspection>>['projects'][number]['project']['data']
  >,
  sources: Map<string, RecordedSource>,
  counts: { testFiles: number; tests: number },
): void {
  const reaches = (version: number): Reach[] => {
    const stored = data.versions.get(version);
    if (stored === undefined) return [];
    const key = `${stored.path}|${stored.fingerprints.toString('latin1')}`;
    let source = sources.get(key);
    if (source === undefined) {
      const blocks = Array.from({ length: stored.fingerprints.length / 8 }, () => ({
        testFiles: new Set<number>(),
        tests: new Set<number>(),
      }));
      source = { path: stored.path, places: store.places(version), blocks };
      sources.set(key, source);
    }
    return source.blocks;
  };
  for (const { records } of data.testFiles.values()) {
    const record = records.find(({ complete }) => complete);
    if (record === undefined) continue;
    const testFile = counts.testFiles++;
    const tests = store.tests(record.id);
    const first = counts.tests;
    counts.tests += tests.length;
    const mark = (encoded: Buffer, numbers: readonly number[]) => {
      for (const { version, bits } of decodeBlocks(encoded)) {
        reaches(version).forEach((reach, block) => {
          if (((bits[block >> 3] ?? 0) & (1 << (block & 7))) === 0) return;
          reach.testFiles.add(testFile);
          for (const number of numbers) reach.tests.add(number);
        });
      }
    };
    mark(record.blocks, []);
    const shared = store.shared(record.id);
    if (shared !== null)
      mark(
        shared.blocks,
        tests.map((_, index) => first + index),
      );
    tests.forEach(({ blocks }, index) => mark(blocks, [first + index]));
  }
}

/** Sums of shares, weighted by lines, for each way to tell what a change reaches. */
class Shares {
  readonly #counts: { testFiles: number; tests: number };
  readonly #sums = new Map<string, { testFiles: number; tests: number; lines: number }>();
  blocks = 0;

  constructor(counts: { testFiles: number; tests: number }) {
    this.#counts = counts;
  }

  add(way: string, { testFiles, tests }: Reach, lines: number): void {
    const sum = this.#sums.get(way) ?? { testFiles: 0, tests: 0, lines: 0 };
    sum.testFiles += testFiles.size * lines;
    sum.tests += tests.size * lines;
    sum.lines += lines;
    this.#sums.set(way, sum);
  }

  table(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      [...this.#sums].map(([way, { testFiles, tests, lines }]) => [
        way,
        {
          'test files': percent(testFiles / lines / this.#counts.testFiles),
          tests: percent(tests / lines / this.#counts.tests),
        },
      ]),
    );
  }
}

/** Each block once, with the lines that are its own: those of the blocks in it are theirs. */
function addSource(shares: Shares, { places: encoded, blocks }: RecordedSource): void {
  const places = decodeLocations(encoded);
  const { ofBlock } = functionsOf(places);
  const byFunction = new Map<number, Reach[]>();
  blocks.forEach((reach, block) => {
    const owner = ofBlock[block] ?? 0;
    byFunction.set(owner, [...(byFunction.get(owner) ?? []), reach]);
  });
  const functions = new Map([...byFunction].map(([owner, own]) => [owner, union(own)]));
  const whole = union(blocks);
  ownLines(places).forEach((lines, block) => {
    // Only functions and what is in them: a change of module-level code selects everybody who loaded the file anyway.
    const reach = blocks[block];
    const owner = ofBlock[block] ?? 0;
    if (lines === 0 || reach === undefined || owner === 0) return;
    shares.blocks += 1;
    shares.add('blocks', reach, lines);
    shares.add('functions', functions.get(owner) ?? whole, lines);
    shares.add('whole files, at run time', whole, lines);
  });
}

/** Lines of each block without those of later, inner blocks. */
function ownLines(places: readonly { line: number; endLine: number }[]): number[] {
  const owner: number[] = [];
  places.forEach(({ line, endLine }, block) => {
    for (let at = line; line > 0 && at <= endLine; at += 1) owner[at] = block;
  });
  const lines = places.map(() => 0);
  for (const block of owner) if (block !== undefined) lines[block] = (lines[block] ?? 0) + 1;
  return lines;
}

function union(reaches: readonly Reach[]): Reach {
  const all: Reach = { testFiles: new Set(), tests: new Set() };
  for (const { testFiles, tests } of reaches) {
    for (const testFile of testFiles) all.testFiles.add(testFile);
    for (const test of tests) all.tests.add(test);
  }
  return all;
}

function linesOf({ places }: RecordedSource): number {
  return Math.max(1, ...decodeLocations(places).map(({ endLine }) => endLine));
}

function sampled(
  files: readonly RecordedSource[],
  count: number,
  random: Random,
): RecordedSource[] {
  const left = [...files];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [taken] = left.splice(Math.floor(random.next() * left.length), 1);
    return taken;
  }).filter((source) => source !== undefined);
}

function listRelated(jest: string, file: string): number {
  const args = [jest, ...jestArguments, '--listTests', '--findRelatedTests', file];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return new Set(stdout.split('\n').filter((line) => path.isAbsolute(line))).size;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

void main();
