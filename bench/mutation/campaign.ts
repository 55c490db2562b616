import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { JestRunner, type JestOptions } from './jest';
import { judge, type Bench } from './judge';
import { readLoaded } from './loaded';
import { mutantSequence, type Mutant, type Source } from './mutants';
import type { MutantResult } from './results';
import { StateFile, type Base } from './state';
import type { Workspace } from './workspace';

/** What a campaign is asked to do. */
export interface CampaignOptions {
  /** Absolute folder of the project, which stays untouched. */
  project: string;
  /** Where the copy and the state are kept. */
  work: string;
  /** The tool's package. */
  tool: string;
  jestArgs: readonly string[];
  granularity: 'file' | 'test';
  seed: number;
  /** The only ones to draw mutants from; null for all. */
  operators: readonly string[] | null;
  workers: number;
  kills: boolean;
  unloadedShare: number;
  say: (line: string) => void;
}

/** Milliseconds for the first runs, whose cost nobody knows. */
const FIRST_TIMEOUT = 30 * 60_000;

/** Recording runs until nothing is affected; a project that needs more is not steady. */
const MOST_RECORDINGS = 4;

/** Mutants of one project, judged one after another; what was judged before is not judged again. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #stateFile: StateFile;
  readonly #jest: JestRunner;
  readonly #sources: Map<string, Source>;
  readonly #bench: Bench;
  readonly workspace: Workspace;

  private constructor(
    options: CampaignOptions,
    stateFile: StateFile,
    workspace: Workspace,
    jest: JestRunner,
    sources: readonly Source[],
    base: Base,
    build: string,
  ) {
    this.#options = options;
    this.#stateFile = stateFile;
    this.#jest = jest;
    this.#sources = new Map(sources.map((source) => [source.file, source]));
    this.workspace = workspace;
    const { seed, granularity, kills, unloadedShare } = options;
    const loadersOf = (file: string): string[] => stateFile.state.loaded[file] ?? [];
    const relatedTo = (file: string): Promise<string[]> => this.#relatedTo(file);
    this.#bench = {
      workspace,
      jest,
      base,
      build,
      seed,
      granularity,
      kills,
      unloadedShare,
      loadersOf,
      relatedTo,
    };
  }

  /** Copies the project and the tool, learns how the project fares without mutants, and has the tool record it. */
  static async open(workspace: Workspace, options: CampaignOptions): Promise<Campaign> {
    const { work, tool, say } = options;
    const stateFile = new StateFile(work);
    const { state } = stateFile;
    await workspace.prepareProject();
    const build = workspace.prepareTool(tool);
    const jestOptions: JestOptions = { ...options, timeout: FIRST_TIMEOUT };
    const jest = new JestRunner(workspace, jestOptions);
    if (state.base === null) {
      say('Running the project without mutants …');
      state.base = await measureBase(jest);
      stateFile.save();
    }
    const { base } = state;
    if (state.recordedBy !== build) {
      say(`Recording with the build ${build} …`);
      workspace.forgetRecords();
      state.recordedBy = null;
      await record(jest, base, say);
      state.loaded = readLoaded(workspace.tool, path.join(workspace.project, '.testmondata'));
      state.recordedBy = build;
      stateFile.save();
    }
    // Generous: a mutant may only slow things down, and other work may share the machine.
    jest.timeout = (60 + 4 * base.seconds) * 1000;
    const sources = workspace.sources(await jest.roots(), new Set(base.tests));
    return new Campaign(options, stateFile, workspace, jest, sources, base, build);
  }

  get base(): Base {
    return this.#bench.base;
  }

  get build(): string {
    return this.#bench.build;
  }

  get jestVersion(): string {
    return this.#jest.version;
  }

  /** Judges the first mutants of the seed's sequence and returns what they showed, earlier results included. */
  async run(count: number): Promise<MutantResult[]> {
    const { state } = this.#stateFile;
    const results: MutantResult[] = [];
    for await (const mutant of this.#sequence()) {
      if (results.length === count) break;
      let result = state.results[mutant.id];
      if (result === undefined || this.#isOutdated(result, mutant)) {
        result = await this.#judge(mutant);
        this.#options.say(describe(results.length + 1, result));
      }
      results.push(result);
    }
    return results;
  }

  /** Judges one mutant again. */
  async replay(id: string): Promise<MutantResult> {
    for await (const mutant of this.#sequence()) {
      if (mutant.id === id) return this.#judge(mutant);
    }
    throw new Error(`There is no mutant ${id} in this project.`);
  }

  /** The mutant of an id, with its source. */
  async find(id: string): Promise<{ mutant: Mutant; source: Source }> {
    for await (const mutant of this.#sequence()) {
      const source = this.#sources.get(mutant.file);
      if (mutant.id === id && source !== undefined) return { mutant, source };
    }
    throw new Error(`There is no mutant ${id} in this project.`);
  }

  /** An escape may be mended by a new build; everything else stays as it was judged while the project stays. */
  #isOutdated({ mutant: judged, escapes, build }: MutantResult, mutant: Mutant): boolean {
    return !isDeepStrictEqual(judged, mutant) || (escapes.length > 0 && build !== this.build);
  }

  #sequence(): AsyncGenerator<Mutant, void, void> {
    const isReached = async (file: string): Promise<boolean> =>
      this.#bench.loadersOf(file).length > 0 || (await this.#relatedTo(file)).length > 0;
    const { seed, operators } = this.#options;
    return mutantSequence([...this.#sources.values()], seed, isReached, operators);
  }

  async #judge(mutant: Mutant): Promise<MutantResult> {
    const source = this.#sources.get(mutant.file);
    if (source === undefined) throw new Error(`There is no source file ${mutant.file}.`);
    const result = await judge(this.#bench, mutant, source);
    this.#stateFile.state.results[mutant.id] = result;
    this.#stateFile.save();
    return result;
  }

  /** Asked once per file: no mutant changes what a file imports. */
  async #relatedTo(file: string): Promise<string[]> {
    const { related } = this.#stateFile.state;
    const known = related[file];
    if (known !== undefined) return known;
    const found = await this.#jest.findRelatedTests(file);
    related[file] = found;
    this.#stateFile.save();
    return found;
  }
}

async function measureBase(jest: JestRunner): Promise<Base> {
  const tests = await jest.listTests();
  const startedAt = Date.now();
  const result = await jest.run();
  if (result === null)
    throw new Error('Jest without mutants gave no result; does it run in the project itself?');
  const seconds = (Date.now() - startedAt) / 1000;
  const files = [...result];
  return {
    tests,
    testCount: files.reduce((sum, [, { ran }]) => sum + ran.length, 0),
    testCounts: Object.fromEntries(files.map(([file, { ran }]) => [file, ran.length])),
    failures: Object.fromEntries(
      files.filter(([, { failed }]) => failed).map(([file, { failures }]) => [file, failures]),
    ),
    seconds,
  };
}

async function record(jest: JestRunner, base: Base, say: (line: string) => void): Promise<void> {
  let affected: string[] = [];
  for (let run = 1; run <= MOST_RECORDINGS; run += 1) {
    const { stdout, stderr } = await jest.record();
    for (const line of `${stdout}\n${stderr}`.split('\n')) {
      if (line.startsWith('testmon')) say(`  ${line}`);
    }
    const { tests } = await jest.select();
    affected = tests.filter((file) => base.failures[file] === undefined);
    if (affected.length === 0) return;
    // Everything selected would make every mutant look harmless.
    if (run > 1 && affected.length === base.tests.length) {
      throw new Error(`Nothing was recorded; the recording run said:\n${stderr}`);
    }
  }
  say(`  Still affected without any change after ${MOST_RECORDINGS} runs: ${affected.join(', ')}`);
}

function describe(number: number, { mutant, ...result }: MutantResult): string {
  const killed = result.killed === null ? '' : result.killed ? ', killed' : ', survived';
  const escaped =
    result.escapes.length > 0
      ? `, ESCAPED: ${result.escapes.map((e) => e.testFile).join(', ')}`
      : '';
  return (
    `${number}. ${mutant.id} ${mutant.file}:${mutant.line} ${mutant.operator}: ` +
    `selected ${result.selected}, related ${result.related}, loaded ${result.loaded}, checked ${result.checked}` +
    `${killed}${escaped} (${result.seconds.toFixed(1)} s)`
  );
}
