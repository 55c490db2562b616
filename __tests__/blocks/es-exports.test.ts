import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  decodeMetadata,
  findMetadata,
  stripProbes,
  type Links,
  type Probed,
} from '../../src/blocks';
import { NO_OUTPUT_INPUTS } from '../../src/transform/output-inputs';
import { ExportUses } from '../../src/recording/inputs/export-uses';
import { esChange, esModules, esTexts, type EsModules } from './modules-of-es-exports';
import { probe, probeIfParsed } from './support';

const { TESTMON_PROPERTY_RUNS: asked } = process.env;
const search = asked === undefined ? { numRuns: 300, seed: 1 } : { numRuns: Number(asked) };

/** What the modules did: see `run-es-modules.mjs`. */
interface Ran {
  log: string[];
  edges: [from: string, specifier: string][];
  hasFailed: boolean;
  probes: [metadata: string, bytes: number[]][];
}

let runner: ChildProcess;

beforeAll(() => {
  runner = fork(path.join(__dirname, 'run-es-modules.mjs'), {
    execArgv: ['--experimental-vm-modules', '--no-warnings'],
  });
});

afterAll(async () => {
  const exited = once(runner, 'exit');
  runner.kill();
  await exited;
});

async function run(codes: ReadonlyMap<string, Probed>): Promise<Ran> {
  const answered = once(runner, 'message');
  const texts = [...codes].map(([specifier, { code }]) => [specifier, code] as const);
  runner.send({ codes: Object.fromEntries(texts) });
  const [ran] = (await answered) as [Ran];
  return { ...ran, log: ran.log.map(stripProbes) };
}

/** The modules whose record a change of them leaves as it is: by their blocks, and by their text where they did not run. */
function isAffected(
  { edges, probes }: Ran,
  before: ReadonlyMap<string, Probed>,
  after: ReadonlyMap<string, Probed>,
): boolean {
  const uses = new ExportUses(
    {
      probed: (metadata) => {
        const { path: name, extras } = decodeMetadata(metadata);
        return { ...NO_OUTPUT_INPUTS, ...(extras as { links?: Links } | undefined), name };
      },
      realName: (file) => file.slice(1),
    },
    [],
  );
  for (const [from, specifier] of edges) uses.note(`/${from}`, specifier, `/${specifier}`);
  const bytes = new Map(probes.map(([metadata, all]) => [metadata, Uint8Array.from(all)]));
  const files = [...bytes].map(([metadata, all]) => ({ metadata, probes: all.slice() }));
  uses.find(
    files,
    (metadata) => [bytes.get(metadata) ?? new Uint8Array()],
    (file, blocks) => {
      for (const block of blocks) file.probes[block] = 1;
    },
  );
  return edges.some(([, specifier]) => {
    const [old, now] = [before.get(specifier), after.get(specifier)];
    if (old === undefined || now === undefined) return true;
    const found = files.find(({ metadata }) => metadata === findMetadata(old.code));
    if (found === undefined) return old.code !== now.code;
    const there = new Set(now.blocks.map(({ fingerprint }) => fingerprint.toString('hex')));
    return old.blocks.some(
      ({ fingerprint }, index) =>
        found.probes[index] === 1 && !there.has(fingerprint.toString('hex')),
    );
  });
}

/** @param known The modules before an edit: those with the same text are as they were. */
function probed(
  all: EsModules,
  known: ReadonlyMap<string, Probed> = new Map(),
  before: ReadonlyMap<string, string> = new Map(),
): Map<string, Probed> | null {
  const codes = new Map<string, Probed>();
  for (const [specifier, text] of esTexts(all)) {
    const one =
      before.get(specifier) === text
        ? known.get(specifier)
        : probeIfParsed(text, { path: specifier, form: 'module' });
    if (one === null || one === undefined) return null;
    codes.set(specifier, one);
  }
  return codes;
}

function isEdited(before: EsModules, after: EsModules): boolean {
  return [...esTexts(before).values()].join() !== [...esTexts(after).values()].join();
}

describe('ES modules whose exports are added, removed, moved and renamed', () => {
  test('do the same where nothing that was recorded is affected', async () => {
    let unaffected = 0;
    await fc.assert(
      fc.asyncProperty(esModules, esChange, fc.nat(9), async (before, edit, where) => {
        const after: EsModules =
          where < 2
            ? { ...before, index: edit(before.index) }
            : where < 4
              ? { ...before, more: edit(before.more) }
              : { ...before, lib: edit(before.lib) };
        const old = probed(before);
        fc.pre(old !== null && isEdited(before, after));
        const now = probed(after, old, esTexts(before));
        fc.pre(now !== null);
        const ran = await run(old);
        fc.pre(!ran.hasFailed && !isAffected(ran, old, now));
        unaffected += 1;
        const told = [...esTexts(after).values()];
        expect([told, (await run(now)).log]).toEqual([told, ran.log]);
      }),
      { ...search, maxSkipsPerRun: 1000 },
    );
    expect(unaffected).toBeGreaterThan(search.numRuns / 2);
  }, 540_000);

  test('V8 tells of another error where a constant is assigned to too early, if it is exported', () => {
    const code = 'try { g = 0; } catch {} const g = 1; export const f = 2;';
    const moduleOf = (text: string) =>
      probe(text, { form: 'module' }).blocks[0]?.fingerprint.toString('hex');
    expect(moduleOf(`${code} export { g as a };`)).not.toBe(moduleOf(code));
    expect(moduleOf(`${code} export { f as a };`)).toBe(moduleOf(code));
  });
});
