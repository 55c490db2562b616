import * as path from 'node:path';
import { Project, type Files, type RunResult } from '../../__tests__/integration/harness';
import { Random } from '../mutation/random';
import { faultsOf, journaled, recordsIn } from './database';
import { edit, filesOf, initialState, type FixtureState } from './fixture';
import { oracle } from './oracle';
import { childrenOf, groupGone, signal, sleep } from './processes';

/** Whom a SIGKILL meets. `commit`: the controller, inside the transaction. */
export type Victim = 'controller' | 'worker' | 'group' | 'commit';

/** What went wrong, as a sentence. */
export type Fault = string;

/** How many records of a test file are kept; beyond that, old ones make room. */
const KEPT = 8;

const PRELOAD = path.join(__dirname, 'fixtures/kill-in-commit.js');

/**
 * A fixture project that lives through edits, branch switches, kills and parallel runs. What happens, a seed alone
 * determines, but for the moments, which are the machine's too. Every check is against an oracle that runs everything.
 */
export class World {
  readonly project: Project;
  readonly #random: Random;
  readonly #config: string | undefined;
  readonly #branches: FixtureState[] = [initialState()];
  #state: FixtureState = initialState();
  #written: Files = {};
  /** Milliseconds that a whole run took last; kills are spread over it. */
  #took = 3_000;
  #kills = 0;

  /** @param config The text of Jest's config, in place of the usual one. */
  constructor(seed: number, config?: string) {
    this.#config = config;
    this.#random = new Random(seed);
    this.project = new Project({});
    this.#write();
  }

  get random(): Random {
    return this.#random;
  }

  /** How many kills met a process that was at work. */
  get kills(): number {
    return this.#kills;
  }

  /** Changes the working tree. @returns What was changed. */
  edit(): string {
    const what = edit(this.#state, this.#random);
    this.#write();
    return what;
  }

  /** Keeps the working tree as a branch, and goes to that one or to an earlier one. */
  switchBranch(): string {
    if (this.#branches.length < 6) this.#branches.push(structuredClone(this.#state));
    const to = Math.floor(this.#random.next() * this.#branches.length);
    this.#state = structuredClone(this.#branches[to] ?? initialState());
    this.#write();
    return `branch ${to}`;
  }

  /**
   * Runs and kills: at a random moment, inside the commit, or once some test files came to their end.
   * @param ended How many test files must have; by default the moment is random.
   * @returns Faults, and what was done.
   */
  async kill(victim: Victim, ended?: number): Promise<{ faults: Fault[]; what: string }> {
    const file = this.project.path('.testmondata');
    const before = recordsIn(file);
    const at = Math.floor(this.#random.next() * (victim === 'commit' ? 40 : this.#took * 0.9));
    const all = this.#random.next() < 0.5 || victim === 'commit' || ended !== undefined;
    const { pid, done } = this.project.start(['--maxWorkers=2'], {
      env: {
        TESTMON_NOSELECT: all ? '1' : '0',
        ...(victim === 'commit'
          ? { NODE_OPTIONS: `--require=${PRELOAD}`, TESTMON_BENCH_KILL_AT: String(at + 1) }
          : {}),
      },
    });
    let met = false;
    if (victim !== 'commit') {
      if (ended === undefined) await sleep(at);
      else await this.#journaled(ended, done);
      const target =
        victim === 'worker' ? this.#random.pick(childrenOf(pid)) : victim === 'group' ? -pid : pid;
      met = target !== undefined && signal(target, 'SIGKILL');
    }
    const { exitCode, stderr } = await done;
    await groupGone(pid);
    if (victim === 'commit') met = exitCode === null;
    if (met) this.#kills += 1;
    const moment =
      victim === 'commit'
        ? `at statement ${at + 1}`
        : ended === undefined
          ? `at ${at} ms`
          : `after ${ended}`;
    const what = `SIGKILL of the ${victim} ${moment}${met ? '' : ' (nobody there)'}`;
    const faults = [...stackOfOurs(stderr), ...faultsOf(file), ...this.#lost(before)];
    return { faults, what };
  }

  /** Several runs at once on the same working tree. */
  async runTogether(count: number): Promise<Fault[]> {
    const expected = this.#oracle();
    const before = recordsIn(this.project.path('.testmondata'));
    const runs = Array.from({ length: count }, (_, nth) =>
      this.project.start(['--maxWorkers=1'], {
        env: { TESTMON_NOSELECT: nth % 3 === 2 ? '1' : '0' },
      }),
    );
    const results = await Promise.all(runs.map(({ done }) => done));
    return [
      ...results.flatMap((result) => judge(result, expected)),
      ...faultsOf(this.project.path('.testmondata')),
      ...this.#lost(before),
    ];
  }

  /**
   * What one machine of many does, ready to be started: asking the oracle holds up this process.
   * @returns Runs, and tells what went wrong and what the run said.
   */
  prepareRun(env: NodeJS.ProcessEnv): () => Promise<{ faults: Fault[]; messages: string[] }> {
    const expected = this.#oracle();
    return async () => {
      const result = await this.project.start(['--maxWorkers=1'], { env }).done;
      return {
        faults: [...judge(result, expected), ...faultsOf(this.project.path('.testmondata'))],
        messages: result.messages,
      };
    };
  }

  /** Changes the working tree while a run is under way; what that run recorded must be about what it ran. */
  async editDuring(): Promise<{ faults: Fault[]; what: string }> {
    const { done } = this.project.start(['--maxWorkers=2'], { env: { TESTMON_NOSELECT: '1' } });
    await sleep(this.#random.next() * this.#took);
    const what = this.edit();
    const { stderr } = await done;
    return { faults: stackOfOurs(stderr), what };
  }

  /** Runs as a person does, and compares with the oracle. */
  check(): Fault[] {
    const expected = this.#oracle();
    const journals = journaled(this.project.temporary);
    const before = recordsIn(this.project.path('.testmondata'));
    const start = Date.now();
    const result = this.project.run(['--maxWorkers=2']);
    if (result.ran.length > 3) this.#took = Date.now() - start;
    return [
      ...judge(result, expected),
      ...journals
        .filter((name) => result.ran.includes(name) && expected[name] === true)
        .map(
          (name) => `lost: ${name} had passed to its end in a run that was killed, and ran again`,
        ),
      ...faultsOf(this.project.path('.testmondata')),
      ...this.#lost(before),
      ...(this.project.leftovers().length > 0
        ? ['something of ours is left in the temporary folder']
        : []),
    ];
  }

  /** After a check, nothing but what fails may run again. */
  checkAgain(): Fault[] {
    const expected = this.#oracle();
    const { ran } = this.project.run(['--maxWorkers=2']);
    return ran
      .filter((name) => expected[name] === true)
      .map((name) => `not kept: ${name} passed just now, and ran again`);
  }

  remove(): void {
    this.project.remove();
  }

  /** Waits until so many test files of a run came to their end, or the run itself did. */
  async #journaled(count: number, done: Promise<unknown>): Promise<void> {
    let over = false;
    void done.then(() => (over = true));
    while (!over && journaled(this.project.temporary).length < count) await sleep(10);
  }

  #oracle(): Record<string, boolean> {
    return oracle(this.project.root);
  }

  #write(): void {
    // Without any test file Jest itself fails.
    if (this.#state.expected.every((expected) => expected === null)) this.#state = initialState();
    const files = filesOf(this.#state);
    if (this.#config !== undefined) files['jest.config.js'] = this.#config;
    const changed = Object.entries(files).filter(([name, text]) => this.#written[name] !== text);
    this.project.write(Object.fromEntries(changed));
    this.#written = files;
  }

  /** Records that were there and are not any more, though nothing had to make room for them. */
  #lost(before: ReadonlySet<string>): Fault[] {
    const after = recordsIn(this.project.path('.testmondata'));
    const count = (name: string) =>
      [...after].filter((record) => record.startsWith(`${name} `)).length;
    return [...before].flatMap((record) => {
      const [name = ''] = record.split(' ');
      return after.has(record) || count(name) >= KEPT ? [] : [`lost: record ${record}`];
    });
  }
}

/** Whether a run did right by each test file: what fails must have run, and what ran must come out as it does. */
function judge(
  { ran, passed, exitCode, stderr }: RunResult,
  expected: Record<string, boolean>,
): Fault[] {
  const faults = stackOfOurs(stderr);
  for (const [name, passes] of Object.entries(expected)) {
    if (!passes && !ran.includes(name)) faults.push(`ESCAPE: ${name} fails and was not run`);
    if (passes && ran.includes(name) && !passed.includes(name))
      faults.push(`${name} passes, and failed`);
    if (!passes && passed.includes(name)) faults.push(`${name} fails, and passed`);
  }
  const code = Object.values(expected).every(Boolean) ? 0 : 1;
  if (exitCode !== code) faults.push(`exit code ${exitCode} in place of ${code}\n${stderr}`);
  return faults;
}

/** A stack trace of ours, or a run without records, is a fault of its own. */
function stackOfOurs(stderr: string): Fault[] {
  const lines = stderr
    .split('\n')
    .filter(
      (line) =>
        /^\s+at .*(dist|src)[\\/](worker|controller|store|run|config|jest)/.test(line) ||
        /^testmon: .*(nothing is recorded[.;]|is not recorded|is lost|please report|could not be recorded|damaged)/.test(
          line,
        ),
    );
  return lines.map((line) => `said: ${line.trim()}`);
}
