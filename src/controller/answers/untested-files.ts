import type { TestContext } from '@jest/test-result';
import type { FileCoverage } from '../../coverage/file-coverage';
import { realPath, toStored } from '../../dependencies/files/paths';
import type { Carried } from './answers';
import type { ProjectCoverage } from './project-coverage';

/** Where a report finds the files that nothing loads. */
export interface UntestedFiles {
  contexts: readonly TestContext[];
  /** Globs. */
  collectCoverageFrom: readonly string[];
  /** The root of the root config. */
  rootDir: string;
  /** The root that stored paths are relative to. */
  root: string;
  /** Undefined for a project that takes no part. */
  coverageOf: (context: TestContext) => ProjectCoverage | undefined;
}

/**
 * The coverage data of files that nothing loads, as Jest's reporter would add it: to make it, Jest transforms each of
 * them in every run. Source: @jest/reporters, `CoverageReporter._addUntestedFiles`.
 * @param isCovered Whether a test file loads a file, which has its coverage data from there.
 */
export async function coverageOfUntested(
  { contexts, collectCoverageFrom, rootDir, root, coverageOf }: UntestedFiles,
  isCovered: (file: string) => boolean,
): Promise<Record<string, FileCoverage>> {
  const found: Record<string, FileCoverage> = {};
  if (collectCoverageFrom.length === 0) return found;
  for (const context of contexts) {
    const coverage = coverageOf(context);
    if (coverage === undefined) continue;
    const matching = (folder: string) =>
      context.hasteFS.matchFilesWithGlob([...collectCoverageFrom], folder);
    // Jest 29 looks from the project's root, Jest 30 from that of the root config.
    const others = context.config.rootDir === rootDir ? null : matching(context.config.rootDir);
    for (const file of matching(rootDir)) {
      if (isCovered(file) || Object.hasOwn(found, file) || others?.has(file) === false) continue;
      const data = await coverage.untested(toStored(root, realPath(file)));
      if (data?.path === file) found[file] = data;
    }
  }
  return found;
}

/** Says which files carried coverage is of. */
export function isCoveredBy(carried: ReadonlyMap<unknown, Carried>): (file: string) => boolean {
  const covered = new Set<string>();
  for (const { coverage } of carried.values())
    for (const file of Object.keys(coverage ?? {})) covered.add(file);
  return (file) => covered.has(file);
}

/** Adds the coverage data of files that nothing loads to what the result of one test file brings along. */
export function withUntested(
  own: Carried | undefined,
  untested: Record<string, FileCoverage>,
): Carried {
  return { ...own, coverage: { ...own?.coverage, ...untested } as Carried['coverage'] };
}
