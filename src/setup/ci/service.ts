import type { PackageManager } from '../../dependencies/packages/package-manager';

/** Parameters of a CI set-up. */
export interface CiContext {
  manager: PackageManager;
  /** The number of shards. */
  shards: number;
  /** Major version of Node. */
  node: number;
}

/** A CI service. */
export interface CiService {
  /** Path of its configuration file, relative to the repository. */
  file: string;
  write(context: CiContext): string;
}

/**
 * Shell steps that all services share.
 *
 * One job restores the database and passes it to all shards. They start from the same records, so they select alike.
 * The assignment of test files to shards does not depend on the database. The merge step checks that every test file
 * was run or was unaffected.
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
  /** What the shards did, as a comment that is found again by its first line. */
  writeComment: ({ manager }: CiContext) =>
    `(echo '${COMMENT_MARK}' && ${manager.run} jest-testmon summary --format markdown records/shard-*.db) > comment.md`,
};

/** The first line of the comment on a pull request, which nobody sees. */
export const COMMENT_MARK = '<!-- jest-testmon -->';

/** A comment in each written set-up. */
export const WHY_ONE_BASE =
  '# All shards start from one database, so that all of them select by the same records.';

/**
 * A variable for the jobs that run tests. It makes a few unaffected test files run too, to find out whether selection
 * misses something.
 */
export const SPOT_CHECKS = "TESTMON_SPOT_CHECKS: '2%'";
