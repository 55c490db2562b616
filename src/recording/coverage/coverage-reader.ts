import { counterTableOf } from '../../blocks';
import type { FileCoverage } from '../../coverage/file-coverage';
import { readHits } from '../../coverage/hits';
import { swallowed } from '../../terminal/debug';
import type { ProbeReader } from '../probe-reader';
import type { WorkerRun } from '../worker-run';

/** What a test file hit in one file. */
export interface CoveredProbes {
  /** The metadata text with which the file's probes registered. */
  metadata: string;
  /** One bit for each counter of the file's table. */
  bits: Uint8Array;
}

/**
 * Reads istanbul's counters in a test environment. They stay unchanged, because Jest reads them for its report.
 * @param global The global object of the test environment.
 * @returns Null if a file has counters but no probes. It is then unknown which file the counters belong to.
 */
export function coverageOf(
  global: object,
  probes: ProbeReader,
  run: Pick<WorkerRun, 'probed'>,
): CoveredProbes[] | null {
  try {
    const { __coverage__: counted = {} } = global as {
      __coverage__?: Record<string, FileCoverage>;
    };
    const byHash = new Map(Object.values(counted).map((file) => [file.hash, file]));
    const covered: CoveredProbes[] = [];
    for (const { metadata } of probes.files) {
      const table = counterTableOf(run.probed(metadata));
      const file = table === null ? undefined : byHash.get(table.hash);
      if (table === null || file === undefined) continue;
      byHash.delete(table.hash);
      const hits = readHits(table, file);
      if (hits !== null) covered.push({ metadata, bits: hits.bits });
    }
    return byHash.size > 0 ? null : covered;
  } catch (error) {
    swallowed(
      'recording',
      error,
      'reading the counters of a test file; it has no coverage to carry',
    );
    return null;
  }
}
