import * as os from 'node:os';
import type { Campaign } from './campaign';
import type { Escape, MutantResult } from './results';

/** What a campaign showed, in figures. */
export interface Report {
  project: string;
  commit: string | null;
  jestArgs: readonly string[];
  granularity: 'file' | 'test';
  seed: number;
  mutants: number;
  /** Of the mutants whose selected test files ran; null where none did. */
  kills: { found: number; of: number } | null;
  escapes: {
    id: string;
    where: string;
    operator: string;
    before: string;
    after: string;
    missed: Escape[];
  }[];
  /** Mutants that make the type checker, and it alone, fail an unselected test file. */
  typeFailures: string[];
  testFiles: number;
  tests: number;
  /** Mean share of the test files. */
  selected: number;
  related: number;
  loaded: number;
  /** Mean share of the tests that are in the selected test files: what granularity file runs. */
  testsOfSelected: number;
  /** Mean share of the tests that run; null where the granularity is the test file. */
  selectedTests: number | null;
  /** How many mutants those two shares are about: where a selected test file cannot load, no test of it runs. */
  comparedMutants: number;
  /** Mutants for which a test file fails only because some of its tests are skipped. */
  disturbed: string[];
  /** Unselected test files that ran to look for escapes. */
  checked: number;
  byOperator: Record<string, { mutants: number; selected: number; related: number }>;
  /** Test files that fail without a mutant. */
  failing: string[];
  seconds: number;
  builds: string[];
  machine: string;
}

/** Sums up what the mutants of one seed showed. */
export function summarise(
  results: readonly MutantResult[],
  campaign: Campaign,
  {
    project,
    jestArgs,
    granularity,
    seed,
  }: Pick<Report, 'project' | 'jestArgs' | 'granularity' | 'seed'>,
): Report {
  const { base, workspace, jestVersion } = campaign;
  const share = (count: (result: MutantResult) => number, of = results): number =>
    mean(of.map(count)) / Math.max(base.tests.length, 1);
  const judgedKills = results.filter(({ killed }) => killed !== null);
  const testShares = results.flatMap(({ testShare }) => testShare ?? []);
  // Both granularities are compared on the same mutants.
  const compared =
    testShares.length === 0 ? results : results.filter((one) => one.testShare !== null);
  return {
    project,
    commit: workspace.commit(),
    jestArgs,
    granularity,
    seed,
    mutants: results.length,
    kills:
      judgedKills.length === 0
        ? null
        : {
            found: judgedKills.filter(({ killed }) => killed === true).length,
            of: judgedKills.length,
          },
    escapes: results
      .filter(({ escapes }) => escapes.length > 0)
      .map(({ mutant, escapes }) => ({
        id: mutant.id,
        where: `${mutant.file}:${mutant.line}`,
        operator: mutant.operator,
        before: mutant.before,
        after: mutant.after,
        missed: escapes,
      })),
    typeFailures: results
      .filter(({ typeFailures }) => typeFailures.length > 0)
      .map(({ mutant }) => mutant.id),
    testFiles: base.tests.length,
    tests: base.testCount,
    selected: share(({ selected }) => selected),
    related: share(({ related }) => related),
    loaded: share(({ loaded }) => loaded),
    testsOfSelected: mean(compared.map(({ fileShare }) => fileShare)),
    comparedMutants: compared.length,
    disturbed: results
      .filter(({ disturbed }) => disturbed.length > 0)
      .map(({ mutant }) => mutant.id),
    selectedTests: testShares.length === 0 ? null : mean(testShares),
    checked: results.reduce((sum, { checked }) => sum + checked, 0),
    byOperator: Object.fromEntries(
      [...new Set(results.map(({ mutant }) => mutant.operator))].sort().map((operator) => {
        const own = results.filter(({ mutant }) => mutant.operator === operator);
        return [
          operator,
          {
            mutants: own.length,
            selected: share(({ selected }) => selected, own),
            related: share(({ related }) => related, own),
          },
        ];
      }),
    ),
    failing: Object.keys(base.failures),
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    builds: [...new Set(results.map(({ build }) => build))],
    machine: `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}, ${os.type()} ${os.release()}, Node ${process.version}, Jest ${jestVersion}`,
  };
}

/** The report as text. */
export function render(report: Report): string {
  const lines = [
    '',
    ...report.escapes.flatMap(renderEscape),
    `project            ${report.project}${report.commit === null ? '' : ` at ${report.commit}`}`,
    `machine            ${report.machine}`,
    `seed               ${report.seed}`,
    `mutants            ${report.mutants} of ${report.testFiles} test files, ${report.tests} tests`,
    `kills              ${report.kills === null ? 'not looked for' : `${report.kills.found} of ${report.kills.of} looked at`}`,
    `escapes            ${report.escapes.length}`,
    `type errors only   ${report.typeFailures.length}${report.typeFailures.length === 0 ? '' : ` (${report.typeFailures.join(', ')})`}`,
    `selected           ${percent(report.selected)} of the test files, mean over mutants`,
    `                   ${percent(report.testsOfSelected)} of the tests are in them`,
    ...(report.selectedTests === null
      ? []
      : [
          `                   ${percent(report.selectedTests)} of the tests run; both over the ${report.comparedMutants} mutants whose selected test files all load`,
          `disturbed          ${report.disturbed.length}${report.disturbed.length === 0 ? '' : ` (${report.disturbed.join(', ')})`}: fail only for the tests skipped`,
        ]),
    `findRelatedTests   ${percent(report.related)}`,
    `loaded the file    ${percent(report.loaded)}`,
    `checked            ${report.checked} runs of unselected test files`,
    `time               ${Math.round(report.seconds)} s`,
    ...(report.failing.length === 0 ? [] : [`fail without any   ${report.failing.join(', ')}`]),
    ...(report.builds.length < 2 ? [] : [`builds             ${report.builds.join(', ')}`]),
    '',
    ...Object.entries(report.byOperator).map(
      ([operator, { mutants, selected, related }]) =>
        `${operator.padEnd(26)}${String(mutants).padStart(4)}   selected ${percent(selected).padStart(6)}   related ${percent(related).padStart(6)}`,
    ),
  ];
  return lines.join('\n');
}

function renderEscape({
  id,
  where,
  operator,
  before,
  after,
  missed,
}: Report['escapes'][number]): string[] {
  return [
    `ESCAPE ${id}  ${where}  ${operator}`,
    `  - ${before.replace(/\n/g, '\n    ')}`,
    `  + ${after.replace(/\n/g, '\n    ')}`,
    ...missed.flatMap(({ testFile, tests, loaded }) => [
      `  ${testFile}${loaded ? '' : ' (never loaded the file)'}`,
      ...tests.slice(0, 10).map((name) => `    ✕ ${name}`),
    ]),
    '',
  ];
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
