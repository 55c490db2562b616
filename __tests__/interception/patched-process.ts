/**
 * Starts to record in a process of its own, and prints what is replaced then as JSON (see `Report`):
 * `patched-process.ts <worker|child>`.
 */
import { createRequire } from 'node:module';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { report } from '../../src/interception/child/report';
import { CHILD_VARIABLE } from '../../src/interception/child/handover';
import { watchChildren } from '../../src/interception/children/children';
import { calledForStackTrace } from '../../src/interception/callers';
import { watchFunctionTexts } from '../../src/interception/function-texts';
import { observe } from '../../src/interception/observer';
import { PATCHED, type PatchedGroup } from '../../src/interception/patched';
import { keepCompiledModules } from '../../src/interception/modules/recompiled';
import { NOBODY } from '../../src/interception/sink';
import { withWatchedVariables } from '../../src/interception/variables/tool-variables';

/** Names of replaced properties, as `group.name`. */
export interface Report {
  /** Listed as replaced in this process, and there. */
  listed: string[];
  /** Replaced while recording. */
  replaced: string[];
  /** Replaced, though no group of this process lists them. */
  unlisted: string[];
  /** Listed as `restored`, but replaced after the work was done. */
  left: string[];
}

const mode = process.argv[2] as 'worker' | 'child';
const jest = createRequire(require.resolve('jest/package.json'));
const core = createRequire(jest.resolve('@jest/core'));
core('graceful-fs');
core('jest-resolve');

type Values = Map<object, Map<string, unknown>>;

const groups = Object.entries(PATCHED) as [PatchedGroup, (typeof PATCHED)[PatchedGroup]][];
const holders = new Set(groups.flatMap(([, patch]) => patch.holders()));

/** The own properties of all holders; an accessor stands for itself. */
function valuesNow(): Values {
  return new Map(
    Array.from(holders, (holder) => [
      holder,
      new Map(
        Object.entries(Object.getOwnPropertyDescriptors(holder)).map(([name, found]) => [
          name,
          // eslint-disable-next-line @typescript-eslint/unbound-method -- Compared, never called.
          'value' in found ? found.value : found.get,
        ]),
      ),
    ]),
  );
}

function changedSince(before: Values, now: Values): Map<object, Set<string>> {
  return new Map(
    Array.from(now, ([holder, values]) => [
      holder,
      new Set(
        [...values]
          .filter(([name, it]) => before.get(holder)?.get(name) !== it)
          .map(([name]) => name),
      ),
    ]),
  );
}

const before = valuesNow();
let during: Values;
if (mode === 'child') {
  const here = realpathSync(tmpdir());
  process.env[CHILD_VARIABLE] = JSON.stringify({
    folder: here,
    workspace: __dirname,
    temporary: here,
    reportsScripts: false,
  });
  report();
  during = valuesNow();
} else {
  observe(NOBODY);
  watchChildren({
    workspace: __dirname,
    temporary: tmpdir(),
    reportsScripts: false,
    loaded: () => undefined,
    missed: () => undefined,
    observed: () => undefined,
  });
  keepCompiledModules('', true);
  watchFunctionTexts(() => undefined);
  during = withWatchedVariables(valuesNow);
}
calledForStackTrace();
const changed = changedSince(before, during);
const after = changedSince(before, valuesNow());

const found: Report = { listed: [], replaced: [], unlisted: [], left: [] };
const known = new Set<string>();
for (const [group, { in: processes, names, holders: holdersOf, undone }] of groups) {
  if (!(processes as readonly string[]).includes(mode)) continue;
  for (const holder of holdersOf())
    for (const name of names) {
      if (before.get(holder)?.get(name) === undefined) continue;
      known.add(name);
      found.listed.push(`${group}.${name}`);
      if (changed.get(holder)?.has(name) === true) found.replaced.push(`${group}.${name}`);
      if (undone === 'restored' && after.get(holder)?.has(name) === true)
        found.left.push(`${group}.${name}`);
    }
}
for (const names of changed.values())
  for (const name of names) if (!known.has(name)) found.unlisted.push(name);
process.stdout.write(JSON.stringify(found), () => process.exit());
