import { createHash } from 'node:crypto';
import type { Test } from '@jest/test-result';
import { balance, readDivision, sortedKeys } from '../../selection/shard-split';
import { pin, sharedSettings } from '../../shared-store';
import { ciRunId, shardKey, type Environment } from '../../store';
import { messageOf } from '../../terminal/error-message';
import type { JudgedTest } from '../projects/project';
import type { RunRequest } from '../run-request';
import { hasSharedStoreFailed } from './shared-run';

/** Which shard of how many. */
interface Place {
  /** From 1. */
  index: number;
  count: number;
}

/**
 * Divides test files so that the shards of a CI run take about as long. The first of them to come decides by what it
 * finds recorded, and all others do as it did: what a shard finds in its own database does not matter for whose a test
 * file is. One that cannot learn what was decided takes every test file, as nobody else may run what it would leave out.
 * @param found Every test file, and what was decided on it; nothing where selection failed.
 * @param environmentOf The environment of a test file's project.
 * @returns Those of this shard; null where the shards have no way to agree, and divide as Jest does.
 */
export async function agreeOnShards(
  { options, logger }: RunRequest,
  { tests, judged }: { tests: readonly Test[]; judged: readonly JudgedTest[] },
  environmentOf: (test: Test) => Environment | undefined,
  { index, count }: Place,
): Promise<Test[] | null> {
  const { shared } = options;
  const settings = sharedSettings(shared, process.env);
  const runId = ciRunId(process.env);
  const isWanted = typeof shared === 'object' && shared.balanceShards === true;
  // All of this is the same in every shard of a run.
  if (!isWanted || settings === null || settings.write === null || runId === '') return null;
  try {
    // After the first failure there is no more talking in a run.
    if (hasSharedStoreFailed()) throw new Error(`${settings.name} could not be used`);
    if (judged.length !== tests.length) throw new Error('selection failed');
    const files = judged.map(({ test, path, decision, duration }) => {
      const environment = environmentOf(test);
      const key = environment === undefined ? path : shardKey(environment, path);
      return { key, affected: decision.affected, duration, test };
    });
    const keys = sortedKeys(files);
    const name = createHash('sha256')
      .update(JSON.stringify([runId, count, keys]))
      .digest('hex');
    const value = JSON.stringify(balance(files, count));
    const pinned = await pin(settings, `shards-${name}`, value);
    if (pinned === null) return null;
    const division = readDivision(pinned, files.length, count);
    if (division === null)
      throw new Error(`${settings.name} holds no division of these test files`);
    const mine = new Set(keys.filter((_, nth) => division[nth] === index));
    return files.flatMap(({ key, test }) => (mine.has(key) ? [test] : []));
  } catch (error) {
    logger.warn(
      `${messageOf(error)}, so this shard cannot tell which test files are its own, and takes those of all.`,
    );
    return [...tests];
  }
}
