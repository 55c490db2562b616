import * as fs from 'node:fs';
import * as path from 'node:path';
import { Dice, type Change } from './model';
import { EXPECTED, generate, type Cell, type GeneratedProject } from './project';
import { Runs, type Outcomes, type ToolRun } from './runs';
import { Tree, variablesAfter } from './tree';

/** Something that should not be. */
export interface Finding {
  /** An escape; a test file that fails with the tool alone, or otherwise; or a run of the tool that broke. */
  what: 'escape' | 'differs' | 'broken';
  seed: number;
  /** Operation and context of the test file. */
  kind: string;
  testFile: string;
  changes: Change[];
  /** What the test file expects, observed, or said. */
  detail: string;
  features: GeneratedProject['features'];
}

/** What a campaign counts. */
export interface Tally {
  projects: number;
  rounds: number;
  /** Changes of one test file's world, and changes of the whole project. */
  cases: number;
  /** Test files that a change makes fail. */
  visible: number;
  /** Test files left out of a recording since they did not observe the same twice. */
  unsteady: number;
  /** By operation: needless selections of test files in whose world something changed, of how many. */
  needless: Map<string, { needless: number; of: number }>;
  /** By change: needless selections of test files in whose world nothing changed. */
  spilled: Map<string, number>;
  findings: Finding[];
}

export interface Options {
  /** Test files of a project. */
  size: number;
  /** Rounds of changes of a project. */
  rounds: number;
  only?: string;
  /** The tool's build. */
  dist: string;
  /** Where projects are made; those with findings stay. */
  folder: string;
  say: (line: string) => void;
}

export function newTally(): Tally {
  return {
    projects: 0,
    rounds: 0,
    cases: 0,
    visible: 0,
    unsteady: 0,
    needless: new Map(),
    spilled: new Map(),
    findings: [],
  };
}

/** One round's changes, by the cells in whose world they are; null is the project's. */
interface Round {
  changes: Change[];
  changed: Map<string, Change>;
}

/** What the runs after a round's changes showed. */
interface Seen {
  bare: Outcomes;
  selected: ReadonlySet<string>;
  ran: ToolRun | null;
  /** What a further run would select. */
  later: ReadonlySet<string> | null;
}

/** A generated project that was recorded. */
export class Recorded {
  readonly project: GeneratedProject;
  readonly tree: Tree;
  readonly runs: Runs;
  /** Those that pass each time. */
  cells: Cell[] = [];

  constructor(project: GeneratedProject, { folder, dist }: Options, name = `seed-${project.seed}`) {
    const base = path.join(folder, name);
    fs.rmSync(base, { recursive: true, force: true });
    this.project = project;
    this.tree = new Tree(base);
    this.runs = new Runs(this.tree, project.features, dist);
  }

  variables(changes: readonly Change[] = []): NodeJS.ProcessEnv {
    return variablesAfter(this.project.variables, changes, this.tree.root);
  }

  /** Lets every test file observe its value, writes that into it, and records. */
  async record(tally: Tally): Promise<Finding[]> {
    const { project, tree, runs } = this;
    tree.write(project.entries);
    for (const { entries, testFile } of project.cells)
      tree.write({ ...entries, [testFile]: expecting(entries[testFile], null) });
    const seen = await runs.bare(this.variables());
    if (seen === null) throw new Error(`Jest does not run in the project of seed ${project.seed}.`);
    for (const { entries, testFile } of project.cells)
      tree.write({ [testFile]: expecting(entries[testFile], seen.get(testFile)?.observed ?? '') });
    const { ended, outcomes } = await runs.tool(this.variables());
    tree.keep();
    if (outcomes === null)
      return [
        this.finding('broken', null, [], ended.stderr.slice(-2000) + ended.stdout.slice(-500)),
      ];
    const failing = project.cells.filter(
      ({ testFile }) => outcomes.get(testFile)?.failed !== false,
    );
    this.cells = project.cells.filter((cell) => !failing.includes(cell));
    const steady = await this.#steady(failing);
    tally.unsteady += failing.length - steady.length;
    return steady.map((cell) => {
      const outcome = outcomes.get(cell.testFile);
      return this.finding(
        'differs',
        cell,
        [],
        outcome?.observed ?? outcome?.message ?? 'did not run',
      );
    });
  }

  /** Those of the cells that pass in the project as it was recorded, without the tool. */
  async #steady(cells: readonly Cell[]): Promise<Cell[]> {
    if (cells.length === 0) return [];
    this.tree.restore();
    const bare = await this.runs.bare(
      this.variables(),
      cells.map(({ testFile }) => testFile),
    );
    return cells.filter(({ testFile }) => bare?.get(testFile)?.failed === false);
  }

  finding(what: Finding['what'], cell: Cell | null, changes: Change[], detail: string): Finding {
    const { seed, features } = this.project;
    return {
      what,
      seed,
      kind: cell?.kind ?? '',
      testFile: cell?.testFile ?? '',
      changes,
      detail,
      features,
    };
  }

  /** Applies changes to the project as it was recorded, and compares what the tool selects with what fails. */
  async judge({ changes, changed }: Round, tally: Tally, mode: 'list' | 'run'): Promise<Finding[]> {
    const { tree, runs } = this;
    tree.restore();
    for (const one of changes) tree.apply(one);
    const variables = this.variables(changes);
    const { selected, ended } = await runs.select(variables);
    if (ended.code !== 0 || /^\s+at .*jest-testmon|\/dist\//m.test(ended.stderr)) {
      const bare = await runs.bare(variables);
      if (bare !== null) return [this.finding('broken', null, changes, ended.stderr.slice(-2000))];
      return [];
    }
    const ran = mode === 'run' ? await runs.tool(variables) : null;
    const later = ran === null ? null : (await runs.select(variables)).selected;
    // The test files' worlds are apart, so that most changes concern one of them.
    const concerned =
      changed.size === 0 || changes.some(isShared)
        ? this.cells
        : this.cells.filter((cell) => changed.has(cell.kind + cell.testFile));
    const bare = await runs.bare(
      variables,
      concerned.map(({ testFile }) => testFile),
    );
    if (bare === null) return [];
    this.#count(bare, selected, { changes, changed }, tally);
    const found = this.#compare({ changes, changed }, { bare, selected, ran, later });
    const suspected = this.cells.filter(({ testFile }) =>
      found.some((one) => one.testFile === testFile),
    );
    const steady = new Set((await this.#steady(suspected)).map(({ testFile }) => testFile));
    this.cells = this.cells.filter(
      (cell) => !suspected.includes(cell) || steady.has(cell.testFile),
    );
    tally.unsteady += suspected.length - steady.size;
    return found.filter(({ testFile }) => steady.has(testFile));
  }

  #compare({ changes, changed }: Round, { bare, selected, ran, later }: Seen): Finding[] {
    return this.cells.flatMap((cell): Finding[] => {
      const { testFile, kind } = cell;
      const truth = bare.get(testFile);
      if (truth === undefined) return [];
      const own = changed.get(kind + testFile);
      const blamed = own === undefined ? changes : [own];
      const said = truth.observed ?? truth.message.slice(0, 600);
      if (truth.failed && !selected.has(testFile))
        return [this.finding('escape', cell, blamed, said)];
      const ours = ran?.outcomes?.get(testFile);
      if (truth.failed && ours?.failed === false)
        return [
          this.finding('differs', cell, blamed, `passes with the tool, and fails without: ${said}`),
        ];
      if (!truth.failed && ours?.failed === true)
        return [
          this.finding(
            'differs',
            cell,
            blamed,
            `fails with the tool alone: ${ours.observed ?? ours.message.slice(0, 600)}`,
          ),
        ];
      if (truth.failed && later?.has(testFile) === false)
        return [this.finding('escape', cell, blamed, `skipped by the next run: ${said}`)];
      return [];
    });
  }

  #count(
    bare: Outcomes,
    selected: ReadonlySet<string>,
    { changes, changed }: Round,
    tally: Tally,
  ): void {
    tally.rounds += 1;
    tally.cases += changes.length;
    for (const { testFile, kind } of this.cells) {
      const failed = bare.get(testFile)?.failed === true;
      if (failed) tally.visible += 1;
      const own = changed.get(kind + testFile);
      const needless = selected.has(testFile) && !failed;
      if (own !== undefined) {
        const [operation = ''] = kind.split(' | ');
        const count = tally.needless.get(operation) ?? { needless: 0, of: 0 };
        tally.needless.set(operation, {
          needless: count.needless + Number(needless),
          of: count.of + 1,
        });
      } else if (needless && changes.length === 1 && changes.some((one) => !isShared(one))) {
        const name = changes[0]?.name ?? '';
        tally.spilled.set(name, (tally.spilled.get(name) ?? 0) + 1);
      }
    }
  }
}

/** A test file's text with the value that it shall observe. */
function expecting(entry: Cell['entries'][string] | undefined, value: string | null): string {
  if (typeof entry !== 'string') throw new Error('A test file is a text.');
  return entry.replace(EXPECTED, () => JSON.stringify(value));
}

/** Makes and judges one project. */
export async function judgeProject(seed: number, options: Options, tally: Tally): Promise<void> {
  const { size, rounds, only, say } = options;
  const recorded = new Recorded(generate(seed, size, only), options);
  const { base } = recorded.tree;
  const findings: Finding[] = [];
  const found = (some: readonly Finding[]): void => {
    report(some, recorded, say);
    findings.push(...some);
    tally.findings.push(...some);
  };
  found(await recorded.record(tally));
  tally.projects += 1;
  const dice = new Dice(seed + 7);
  for (let round = 0; round < rounds && recorded.cells.length > 0; round += 1) {
    const mode = dice.chance(0.25) ? 'run' : 'list';
    found(await recorded.judge(makeRound(recorded, dice), tally, mode));
  }
  if (findings.length === 0) fs.rmSync(base, { recursive: true, force: true });
  else {
    recorded.tree.restore();
    fs.writeFileSync(path.join(base, 'findings.json'), JSON.stringify(findings, null, 1));
  }
}

function makeRound({ cells, project }: Recorded, dice: Dice): Round {
  if (dice.chance(0.12) && project.changes.length > 0)
    return { changes: [dice.one(project.changes)], changed: new Map() };
  const count = dice.one([1, 20, 30, 40]);
  const changed = new Map<string, Change>();
  for (const cell of dice.some(cells, Math.min(1, count / Math.max(1, cells.length)))) {
    // A change that is told apart in the root is seen by all, so it comes alone.
    const local = cell.changes.filter((one) => count === 1 || !isShared(one));
    if (local.length > 0) changed.set(cell.kind + cell.testFile, dice.one(local));
  }
  return { changes: [...changed.values()], changed };
}

/** Whether a change is of the project's root: those of several test files would meet. */
function isShared({ steps }: Change): boolean {
  return steps.some((step) => 'path' in step && !/\/|^__mocks__/.test(step.path));
}

function report(findings: readonly Finding[], { tree }: Recorded, say: Options['say']): void {
  for (const { what, seed, kind, testFile, changes, detail, features } of findings) {
    say(
      `${what}: seed ${seed}, ${testFile}: ${kind}  [Jest ${features.jest}, ${features.flavour}]`,
    );
    for (const { name, steps } of changes) say(`    ${name}: ${JSON.stringify(steps)}`);
    say(`    ${detail.replace(/\s+/g, ' ').slice(0, 300)}`);
    say(`    ${tree.root}`);
  }
}
