import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { encodeMetadata } from '../../src/blocks/probes/metadata';
import { asJournalFootprint, encodeLine } from '../../src/run/journals/journal';
import {
  namesAfter,
  type JournalFootprint,
  type JournalLine,
  type JournalNames,
} from '../../src/run/journals/journal-lines';
import { footprintOf } from '../../src/records/footprint';
import type {
  Dependency,
  ExecutedBlocks,
  FileVersion,
  Footprint,
  TestFileRecord,
} from '../../src/records/types';
import { randomNumbers } from '../support/random';
import { versionOf } from '../support/version';

/** How much of everything a generated project has. */
export interface Size {
  testFiles: number;
  sourceFiles: number;
}

const FILES_PER_TEST_FILE = 300;
const TESTS_PER_TEST_FILE = 10;
const PACKAGES = 500;
const PACKAGES_PER_TEST_FILE = 60;
/** Files that every test file uses, as an application's core. */
const CORE = 40;

/** A generated project: a working tree under git, and what a run over it would have recorded. */
export class World {
  readonly root: string;
  readonly size: Size;
  readonly sources: FileVersion[] = [];
  readonly tests: FileVersion[] = [];
  readonly #seed: number;
  readonly #bits = new Map<string, Uint8Array>();
  readonly #rivals = new Map<string, Dependency>();
  readonly #packages: Dependency[] = [];

  constructor(root: string, size: Size, seed: number) {
    this.root = root;
    this.size = size;
    this.#seed = seed;
  }

  /** Writes the working tree and commits it to a new repository. */
  write(): void {
    fs.mkdirSync(this.root, { recursive: true });
    fs.writeFileSync(path.join(this.root, 'package.json'), '{ "name": "world" }\n');
    fs.writeFileSync(path.join(this.root, '.gitignore'), 'node_modules/\n.testmondata*\n');
    for (let index = 0; index < PACKAGES; index += 1) {
      const name = `node_modules/package-${index}`;
      const version = `1.${index}.0`;
      this.#write(`${name}/package.json`, JSON.stringify({ name: `package-${index}`, version }));
      this.#packages.push({ kind: 'package', name, value: version });
    }
    for (let index = 0; index < this.size.sourceFiles; index += 1)
      this.sources.push(this.#writeProgram(sourcePath(index), sourceText(index)));
    for (let index = 0; index < this.size.testFiles; index += 1)
      this.tests.push(this.#writeProgram(testPath(index), testText(index)));
    this.git('init', '-q');
    this.git('add', '-A');
    this.git('-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-qm', 'all');
  }

  git(...args: string[]): void {
    const { status, stderr } = spawnSync('git', args, { cwd: this.root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
  }

  /** Changes a literal in one function of a source file. */
  edit(index: number): void {
    const file = path.join(this.root, sourcePath(index));
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('work1(', 'work1(1 + '));
  }

  /**
   * What every test file's run recorded.
   * @param round Another one is another run, which took other branches.
   * @param first The number of the test file to begin with.
   * @param count How many test files; all by default.
   */
  *records(
    environmentId: number,
    at: number,
    round = 0,
    first = 0,
    count = this.size.testFiles,
  ): Generator<TestFileRecord> {
    const random = randomNumbers(this.#seed + round);
    for (let nth = 0; nth < count; nth += 1)
      yield this.#record(environmentId, (first + nth) % this.size.testFiles, at, random);
  }

  /**
   * Journals that as many workers left behind which shared these records among them.
   * @param folder Where they go.
   * @param count How many of the records; all by default.
   * @returns Their paths.
   */
  writeJournals(
    folder: string,
    workers: number,
    records: Iterable<TestFileRecord>,
    count = Infinity,
  ): string[] {
    fs.mkdirSync(folder, { recursive: true });
    const journals = Array.from(
      { length: workers },
      (_, nth) => new MadeUpJournal(path.join(folder, `journal-${nth}.jsonl`)),
    );
    let nth = 0;
    for (const record of records) {
      if (nth >= count) break;
      must(journals[nth++ % workers]).add(record);
    }
    return journals.map(({ file }) => file);
  }

  #record(
    environmentId: number,
    index: number,
    at: number,
    random: (limit: number) => number,
  ): TestFileRecord {
    const own = must(this.tests[index]);
    // Files near each other are used together, and a core is used by all.
    const start = random(this.size.sourceFiles);
    const files = Array.from({ length: FILES_PER_TEST_FILE }, (_, nth) =>
      must(this.sources[(nth < CORE ? nth * 3 : start + nth * 2) % this.size.sourceFiles]),
    );
    const executed = (version: FileVersion, chance: number): ExecutedBlocks => ({
      version,
      bits: this.#pick(random, chance, version.fingerprints.length / 8),
    });
    return {
      environmentId,
      path: testPath(index),
      outcome: 'passed',
      complete: true,
      duration: 100 + random(2_000),
      recordedAt: at,
      shared: {
        blocks: [executed(own, 0), ...files.map((version) => executed(version, 170))],
        dependencies: [
          { kind: 'pragmas', name: own.path, value: `${own.contentHash} ` },
          ...[own, ...files].map(({ path: name }) => this.#rivalsOf(name)),
          ...foldersAbove([own, ...files]).map((folder) => this.#absent(`${folder}/node_modules`)),
          ...Array.from({ length: PACKAGES_PER_TEST_FILE }, () =>
            must(this.#packages[random(PACKAGES)]),
          ),
        ],
      },
      tests: Array.from({ length: TESTS_PER_TEST_FILE }, (_, test) => ({
        name: ['a feature', `does the thing number ${test} of file ${index}`],
        ordinal: 0,
        outcome: 'passed',
        duration: random(200),
        blocks: [
          executed(own, 100),
          ...files.slice(test * 12, test * 12 + 60).map((version) => executed(version, 60)),
        ],
        dependencies: [must(this.#packages[random(PACKAGES)])],
      })),
    };
  }

  #rivalsOf(name: string): Dependency {
    return this.#shared({ kind: 'rivals', name, value: '' });
  }

  #absent(name: string): Dependency {
    return this.#shared({ kind: 'absent', name, value: '' });
  }

  #shared(dependency: Dependency): Dependency {
    const key = `${dependency.kind}|${dependency.name}`;
    let known = this.#rivals.get(key);
    if (known === undefined) this.#rivals.set(key, (known = dependency));
    return known;
  }

  /** Some of a file's blocks. Out of a pool, so that the made-up data fits into memory. */
  #pick(random: (limit: number) => number, chance: number, blocks: number): Uint8Array {
    const key = `${chance} ${blocks} ${random(64)}`;
    let bits = this.#bits.get(key);
    if (bits === undefined) {
      bits = new Uint8Array(Math.ceil(blocks / 8));
      bits[0] = 1;
      for (let block = 1; block < blocks; block += 1)
        if (random(1000) < chance) bits[block >> 3] = (bits[block >> 3] ?? 0) | (1 << (block & 7));
      this.#bits.set(key, bits);
    }
    return bits;
  }

  #writeProgram(name: string, text: string): FileVersion {
    this.#write(name, text);
    return versionOf(this.root, name, text);
  }

  #write(name: string, text: string): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

export function testPath(index: number): string {
  return `packages/part${index % 40}/test/feature-${index}.test.js`;
}

function sourcePath(index: number): string {
  return `packages/part${index % 40}/src/feature${index % 400}/module-${index}.js`;
}

/** Between 5 and 65 blocks, 35 on average: the module, functions, and a branch in each. */
function sourceText(index: number): string {
  const functions = 2 + ((index * 7919) % 31);
  return Array.from(
    { length: functions },
    (_, nth) =>
      `exports.run${nth} = function (value) {\n  if (value > ${index}) {\n    return work${nth}(value, ${nth});\n  }\n  return rest(value);\n};\n`,
  ).join('');
}

function testText(index: number): string {
  return Array.from(
    { length: TESTS_PER_TEST_FILE },
    (_, test) =>
      `test('does the thing number ${test} of file ${index}', () => {\n  expect(thing(${test})).toBe(${index});\n});\n`,
  ).join('');
}

function foldersAbove(versions: readonly FileVersion[]): string[] {
  const folders = new Set<string>();
  for (const { path: name } of versions)
    for (let at = path.posix.dirname(name); at !== '.'; at = path.posix.dirname(at))
      folders.add(at);
  return [...folders];
}

/** A journal as a worker would have written it. */
class MadeUpJournal {
  readonly file: string;
  readonly #versions = new Map<FileVersion, number>();
  readonly #dependencies = new Map<Dependency, number>();

  constructor(file: string) {
    this.file = file;
    fs.writeFileSync(file, '');
  }

  add(testFile: TestFileRecord): void {
    const { environmentId, path: name, recordedAt: at, ...rest } = testFile;
    const { coverage: _none, scripts: _neither, ...record } = rest;
    const names = namesAfter(this.#versions.size, this.#dependencies.size);
    const shared = this.#footprint(record.shared, names);
    const tests = record.tests.map((test) => ({ ...test, ...this.#footprint(test, names) }));
    const lines: JournalLine[] = [
      { type: 'start', environmentId, path: name, at },
      names,
      { ...record, type: 'end', environmentId, path: name, at, shared, tests },
    ];
    fs.appendFileSync(this.file, lines.map(encodeLine).join(''));
  }

  #footprint({ blocks, dependencies }: Footprint, names: JournalNames): JournalFootprint {
    const numbered = footprintOf(
      blocks.map(({ version, bits }) => ({
        version: numberOf(this.#versions, version, () =>
          names.versions.push(encodeMetadata(version)),
        ),
        bits,
      })),
      dependencies.map((dependency) =>
        numberOf(this.#dependencies, dependency, () => names.dependencies.push(dependency)),
      ),
    );
    return asJournalFootprint(numbered);
  }
}

/** The number of something; told when it gets one. */
function numberOf<T>(numbers: Map<T, number>, item: T, told: () => void): number {
  let number = numbers.get(item);
  if (number === undefined) {
    numbers.set(item, (number = numbers.size + 1));
    told();
  }
  return number;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is no value');
  return value;
}
