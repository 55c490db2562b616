import { randomBytes } from 'node:crypto';
import type { Test, TestResult } from '@jest/test-result';
import { readSpotChecks } from '../../config/spot-checks';
import { chooseSpotChecks } from '../../selection/spot-checks';
import type { CommitBatch, StoredRecord } from '../../store';
import type { ProjectPath, TestFileKey } from '../../records/types';
import {
  changedIgnoredFiles,
  describeEscape,
  describeFailed,
  namesOf,
  pickRecord,
  suspects,
  type Escape,
} from './escapes';
import { describeFailure, type Failure } from './failure';
import { count, some } from '../../terminal/logger';
import type { JudgedTest } from '../projects/project';
import type { RunContext } from '../run-context';
import type { RunRequest } from '../run-request';
import type { RunSelection } from '../steps/select';

/** The result of the spot checks of a run, in numbers. */
export interface SpotCheckOutcome {
  percent: number;
  /** The number of unaffected test files to choose from. */
  unaffected: number;
  chosen: number;
  /** The number of those that finished. */
  ended: number;
  failed: number;
  /** Recorded duration of the chosen ones, in milliseconds. */
  duration: number;
}

interface Chosen {
  judged: JudgedTest;
  key: ProjectPath;
  environmentId: number;
  record: StoredRecord | undefined;
  /** Whether it failed before although no dependency had changed: see `Store.flaky`. */
  isFlaky: boolean;
  hasEnded: boolean;
}

/** A chosen test file that failed. */
interface Finding extends Escape {
  chosen: Chosen;
}

/** Runs a few of the unaffected test files. If one fails it is an escape: selection would have hidden the failure. */
export class SpotChecks {
  readonly #request: RunRequest;
  readonly #percent: number;
  readonly #seed: string;
  readonly #unaffected: number;
  readonly #chosen: ReadonlyMap<string, Chosen>;
  readonly #findings: Finding[] = [];

  private constructor(
    request: RunRequest,
    percent: number,
    seed: string,
    unaffected: number,
    chosen: readonly Chosen[],
  ) {
    this.#request = request;
    this.#percent = percent;
    this.#seed = seed;
    this.#unaffected = unaffected;
    this.#chosen = new Map(chosen.map((one) => [keyOf(one.judged.test), one]));
  }

  /**
   * Chooses among the given test files.
   * @returns Null if nothing is to be checked.
   */
  static choose(
    { request, store, projects }: RunContext,
    selection: RunSelection,
    judged: readonly JudgedTest[],
  ): SpotChecks | null {
    const { percent, seed } = readSpotChecks(request.options.spotChecks) ?? NO_SHARE;
    if (percent === 0 || !canCheck(request)) return null;
    const unaffected = judged.filter(({ decision }) => !decision.affected);
    if (unaffected.length === 0) return null;
    const checked = new Map(
      store.spotChecks().map(({ project, path, checkedAt }) => [`${project}\n${path}`, checkedAt]),
    );
    const candidates = unaffected.flatMap((one) => {
      const project = projects.of(one.test);
      if (project === undefined) return [];
      const name = project.environment.project;
      const checkedAt = checked.get(`${name}\n${one.path}`) ?? 0;
      return [{ project: name, path: one.path, checkedAt, judged: one, of: project }];
    });
    const lots = seed ?? randomBytes(4).toString('hex');
    const flaky = new Set(store.flaky().map(({ project, path }) => `${project}\n${path}`));
    const chosen = chooseSpotChecks(candidates, percent, lots).map(
      ({ project, path, judged: one, of }): Chosen => {
        return {
          judged: one,
          key: { project, path },
          environmentId: of.environmentId,
          record: selection.recordOf(one),
          isFlaky: flaky.has(`${project}\n${path}`),
          hasEnded: false,
        };
      },
    );
    return new SpotChecks(request, percent, lots, unaffected.length, chosen);
  }

  get judged(): JudgedTest[] {
    return Array.from(this.#chosen.values(), ({ judged }) => judged);
  }

  /** Those that become escapes if they fail: not the ones that are known to be flaky. */
  get possibleEscapes(): TestFileKey[] {
    return [...this.#chosen.values()].flatMap(({ environmentId, key: { path }, isFlaky }) =>
      isFlaky ? [] : [{ environmentId, path }],
    );
  }

  get outcome(): SpotCheckOutcome {
    const all = [...this.#chosen.values()];
    return {
      percent: this.#percent,
      unaffected: this.#unaffected,
      chosen: all.length,
      ended: all.filter(({ hasEnded }) => hasEnded).length,
      failed: this.#findings.length,
      duration: all.reduce((sum, { judged }) => sum + (judged.duration ?? 0), 0),
    };
  }

  /** Prints the line before the tests run. */
  announce(): void {
    const { logger } = this.#request;
    const chosen = this.judged;
    const one = chosen.length === 1;
    logger.info(
      `spot check: ${chosen.length} of ${count(this.#unaffected, 'unaffected test file')} ${one ? 'runs' : 'run'} all the same${some(chosen.map(({ path }) => path))}; --testmon-spot-checks ${this.#percent}%@${this.#seed} repeats the choice.`,
    );
  }

  /** Notes the outcome of a test file, as Jest reports it. */
  note(test: Pick<Test, 'path' | 'context'>, result: TestResult, passed: boolean): void {
    const chosen = this.#chosen.get(keyOf(test));
    if (chosen === undefined || chosen.hasEnded) return;
    chosen.hasEnded = true;
    if (!passed) this.#find(chosen, describeFailure(result));
  }

  /** Notes that Jest's process ended prematurely while these test files ran in it. */
  noteCutShort(testFiles: readonly TestFileKey[]): void {
    for (const { environmentId, path } of testFiles) {
      for (const chosen of this.#chosen.values()) {
        if (chosen.hasEnded || chosen.environmentId !== environmentId || chosen.key.path !== path)
          continue;
        chosen.hasEnded = true;
        this.#find(chosen, { tests: [], message: "it ended Jest's process" });
      }
    }
  }

  /** The parts of the batch to commit that come from spot checks. */
  get batch(): Required<Pick<CommitBatch, 'spotChecks' | 'escapes'>> {
    return {
      spotChecks: [...this.#chosen.values()].flatMap(({ hasEnded, key }) => (hasEnded ? key : [])),
      escapes: this.#escapes.map(({ chosen, failure }) => ({
        ...chosen.key,
        recordHash: chosen.record?.hash ?? '',
        recordedAt: chosen.record?.recordedAt ?? 0,
        message: describeFailed(failure),
      })),
    };
  }

  /**
   * Prints the failures and what they mean.
   * @param isKept Whether the database stores them.
   */
  sayFindings(isKept: boolean): void {
    const { logger, root, options } = this.#request;
    const flaky = this.#findings.filter(({ chosen }) => chosen.isFlaky);
    if (flaky.length > 0) {
      logger.warn(
        `the spot check of ${namesOf(flaky)} failed, as ${flaky.length === 1 ? 'it has' : 'they have'} before with nothing changed that is watched, so this is taken for a flaky test; /** @testmon always */ runs such a test file each time.`,
      );
    }
    const escapes = this.#escapes;
    if (escapes.length === 0) return;
    const one = escapes.length === 1;
    for (const escape of escapes) {
      const [path = '', ...details] = describeEscape(escape);
      logger.warn(`escape: ${path} ${details.join('; ')}`);
    }
    const { ignore } = options;
    const changedIgnored = changedIgnoredFiles(root, ignore, escapes);
    logger.warn(suspects({ ignore, changedIgnored }));
    logger.warn(
      isKept
        ? `selection is off in this database until ${one ? 'this test file passes' : 'these test files pass'}: until then everything runs; --testmon-trust selects again without that.`
        : `the database cannot be written, so the next run selects as this one did; --testmon-noselect runs everything.`,
    );
  }

  get #escapes(): Finding[] {
    return this.#findings.filter(({ chosen }) => !chosen.isFlaky);
  }

  #find(chosen: Chosen, failure: Failure): void {
    const { judged, record } = chosen;
    this.#findings.push({
      path: judged.path,
      level: 'file',
      record: record === undefined ? null : pickRecord(record),
      failure,
      changed: [],
      chosen,
    });
  }
}

const NO_SHARE = { percent: 0, seed: null };

/**
 * Whether this run may execute more than the affected test files. It may not in watch mode, for `--listTests`, or if
 * the command line names what to run, as `-t` and `-u` do. Coverage names nothing.
 */
function canCheck({ select, started, listing, namesTests }: RunRequest): boolean {
  return select && started === null && !listing && namesTests.every((name) => /cover/i.test(name));
}

function keyOf({ context, path }: Pick<Test, 'path' | 'context'>): string {
  return `${context.config.id}|${path}`;
}
