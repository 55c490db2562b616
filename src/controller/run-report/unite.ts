import { MAX_KEPT, type RunReport } from './run-report';

/**
 * One report on the shards of a run, each of which reported on its own test files.
 * @param reports In any order. Those of no shard, and earlier ones of the same shard, are left out.
 * @returns Null where there is no shard among them.
 */
export function uniteShards(reports: readonly RunReport[]): RunReport | null {
  const latest = new Map<string, RunReport>();
  for (const report of reports) {
    const { shard, startedAt } = report;
    if (shard !== null && startedAt >= (latest.get(shard)?.startedAt ?? 0))
      latest.set(shard, report);
  }
  const shards = [...latest].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const [first] = shards;
  if (first === undefined) return null;
  const all = shards.map(([, report]) => report);
  const sum = (of: (report: RunReport) => number) =>
    all.reduce((total, report) => total + of(report), 0);
  const list = <T>(of: (report: RunReport) => readonly T[]) => all.flatMap(of).slice(0, MAX_KEPT);
  const startedAt = Math.min(...all.map((report) => report.startedAt));
  const checks = all.flatMap(({ spotChecks }) => spotChecks ?? []);
  const [check] = checks;
  const carried = all.flatMap((report) => report.carried ?? []);
  const total = (key: 'chosen' | 'ended' | 'failed' | 'unaffected' | 'duration') =>
    checks.reduce((count, one) => count + one[key], 0);
  return {
    version: 1,
    startedAt,
    duration: Math.max(...all.map((report) => report.startedAt + report.duration)) - startedAt,
    shard: null,
    absentShards: absentFrom(latest, Number(first[0].split('/')[1])),
    selects: all.some(({ selects }) => selects),
    testFiles: sum(({ testFiles }) => testFiles),
    ran: sum(({ ran }) => ran),
    unreached: sum(({ unreached }) => unreached),
    leftOut: sum(({ leftOut }) => leftOut),
    skippedTests: sum(({ skippedTests }) => skippedTests),
    saved: sum(({ saved }) => saved),
    changes: [...new Set(all.flatMap(({ changes }) => changes))].slice(0, MAX_KEPT),
    selected: list(({ selected }) => selected),
    failed: list(({ failed }) => failed).sort(),
    failures: sum(({ failures }) => failures),
    spotChecks:
      check === undefined
        ? null
        : {
            ...check,
            chosen: total('chosen'),
            ended: total('ended'),
            failed: total('failed'),
            unaffected: total('unaffected'),
            duration: total('duration'),
          },
    escapes: list(({ escapes }) => escapes),
    flaky: {
      known: list(({ flaky }) => flaky.known),
      found: list(({ flaky }) => flaky.found),
    },
    carried:
      carried.length === 0
        ? null
        : {
            testFiles: sum((report) => report.carried?.testFiles ?? 0),
            since: Math.min(...carried.map(({ since }) => since)),
          },
  };
}

/** The names of those of `count` shards that are not there. */
function absentFrom(shards: ReadonlyMap<string, unknown>, count: number): string[] {
  return Array.from({ length: count || 0 }, (_, index) => `${index + 1}/${count}`).filter(
    (name) => !shards.has(name),
  );
}
