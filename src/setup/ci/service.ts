import type { PackageManager } from '../../dependencies/packages/package-manager';

/** What a CI set-up is written for. */
export interface CiContext {
  manager: PackageManager;
  /** In how many shards the tests run. */
  shards: number;
  /** Major version. */
  node: number;
}

/** A CI service. */
export interface CiService {
  /** Where it reads its set-up, relative to the repository. */
  file: string;
  write(context: CiContext): string;
}

/**
 * Shell steps that all services share. All shards start from one and the same database, so that they select alike; one job
 * restores it and hands it to all of them. Which test files are whose does not depend on it. Merging checks that no test file
 * was left between the shards.
 */
export const STEPS = {
  keepBase:
    'mkdir -p records && touch records/started && if [ -f .testmondata ]; then cp .testmondata records/base.db; fi',
  takeBase: 'if [ -f records/base.db ]; then cp records/base.db .testmondata; fi',
  runShard: ({ manager }: CiContext, shard: string) =>
    `${manager.run} jest-testmon --shard=${shard}`,
  keepShard: (name: string) => `mkdir -p records && cp .testmondata records/shard-${name}.db`,
  merge: ({ manager }: CiContext) =>
    `${manager.run} jest-testmon merge --into .testmondata records/*.db`,
};

export const WHY_ONE_BASE =
  '# All shards start from one database, so that all of them select by the same records.';

/** A variable of the jobs that run tests: a few unaffected test files run too, to find out whether selection misses something. */
export const SPOT_CHECKS = "TESTMON_SPOT_CHECKS: '2%'";
