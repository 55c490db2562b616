import type { Commit } from './history';
import type { Judged } from './judge';

/** All that was seen of the tool in one granularity. */
export interface Walked {
  granularity: string;
  /** The run that records everything. */
  first: Judged;
  commits: (Judged & { commit: Commit; installed: boolean; broken: string | null })[];
}

const share = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const less = (ours: number, bare: number): string => {
  const percent = bare === 0 ? 0 : (100 * (ours - bare)) / bare;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
};

/** The figures of a walk, in lines. */
export function render({ granularity, first, commits }: Walked): string {
  const all = (key: 'cpu' | 'wall' | 'bareCpu' | 'bareWall'): number =>
    sum(commits.map((one) => one[key]));
  const unsafe = commits.filter((one) => one.unsafe.length > 0 || one.broken !== null);
  const mean = (ran: 'filesRun' | 'testsRun', of: 'files' | 'tests'): string =>
    share(sum(commits.map((one) => (one[of] === 0 ? 0 : one[ran] / one[of]))), commits.length);
  return [
    `granularity ${granularity}: ${commits.length} commits after the first`,
    `  safe              ${share(commits.length - unsafe.length, commits.length)}`,
    `  types alone       ${commits.filter((one) => one.typesOnly.length > 0).length} commits`,
    `  other results     ${commits.filter((one) => one.others.length > 0).length} commits`,
    `  nothing ran       ${commits.filter((one) => one.filesRun === 0).length} commits`,
    `  test files run    ${mean('filesRun', 'files')}`,
    `  tests run         ${mean('testsRun', 'tests')}`,
    `  CPU               ${all('cpu').toFixed(1)} s, bare ${all('bareCpu').toFixed(1)} s: ${less(all('cpu'), all('bareCpu'))}`,
    `  wall              ${all('wall').toFixed(1)} s, bare ${all('bareWall').toFixed(1)} s: ${less(all('wall'), all('bareWall'))}`,
    `  the first run     CPU ${less(first.cpu, first.bareCpu)}, wall ${less(first.wall, first.bareWall)}`,
    ...unsafe.map(
      (one) => `  UNSAFE ${one.commit.id} ${differences(one.unsafe)}${one.broken ?? ''}`,
    ),
    ...commits
      .filter((one) => one.others.length > 0)
      .map((one) => `  OTHER ${one.commit.id} ${differences(one.others)}`),
  ].join('\n');
}

function differences(all: Judged['unsafe']): string {
  return all
    .map(({ testFile, test }) => (test === null ? testFile : `${testFile}: ${test}`))
    .join('; ');
}
