import type { PackageManager } from '../../dependencies/package-manager';

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
 * Shell steps that all services share. Every shard must start from one and the same database, as each computes from it
 * which test files are its own; so one job restores it and hands it to all of them.
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
  '# All shards start from one database: from it each computes which test files are its own.';
