import * as vm from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  blocksIn,
  decodeMetadata,
  findMetadata,
  REGISTRY,
  stripProbes,
  type Links,
  type Probed,
} from '../../src/blocks';
import { NO_OUTPUT_INPUTS } from '../../src/transform/output-inputs';
import { ExportUses } from '../../src/recording/inputs/export-uses';
import { change, modules, texts, type Modules } from './modules-of-exports';
import { probeIfParsed, toldOf } from './support';

const { TESTMON_PROPERTY_RUNS: asked } = process.env;
const search = asked === undefined ? { numRuns: 300, seed: 1 } : { numRuns: Number(asked) };

/** What a run of the modules showed. */
interface Observed {
  log: string[];
  /** Per module that was loaded, the blocks that its record has, by their fingerprints. */
  recorded: Map<string, string[]>;
}

function observe(codes: ReadonlyMap<string, Probed>): Observed {
  const log: string[] = [];
  const probed: ConstructorParameters<typeof ExportUses>[0] = {
    probed: (metadata) => {
      const { path: name, extras } = decodeMetadata(metadata);
      return { ...NO_OUTPUT_INPUTS, ...(extras as { links?: Links } | undefined), name };
    },
    realName: (file) => file.slice(1),
  };
  const uses = new ExportUses(probed, []);
  let seen = '';
  const note = (value: unknown): unknown => {
    const text = toldOf(value);
    seen += text;
    log.push(stripProbes(text));
    return value;
  };
  let entered = 0;
  const loaded = new Map<string, { exports: unknown }>();
  const load = (from: string, specifier: string): unknown => {
    uses.note(`/${from}`, specifier, `/${specifier}`);
    const known = loaded.get(specifier);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as unknown };
    loaded.set(specifier, module);
    const wrapped = `(function (module, exports, require) {${codes.get(specifier)?.code ?? ''}\n})`;
    const start = vm.runInContext(wrapped, global) as (...values: unknown[]) => void;
    const { exports } = module;
    start.call(exports, module, exports, (name: string) => load(specifier, name));
    return module.exports;
  };
  const global: Record<string, unknown> = vm.createContext({
    log: note,
    enter: () => {
      if ((entered += 1) > 20) throw new Error('too deep');
    },
    // What is loaded by somebody without probes.
    globalRequire: (name: string) => load('unknown', name),
    Error,
  });
  try {
    load('runner', './test');
  } catch (error) {
    log.push(stripProbes(String(error)));
  }
  const registry = (global[REGISTRY] ?? {}) as Record<string, Uint8Array>;
  const files = Object.entries(registry).map(([metadata, probes]) => ({ metadata, probes }));
  for (const [, block] of blocksIn(seen)) for (const { probes } of files) probes[block] = 1;
  uses.find(
    files,
    (metadata) => [registry[metadata] ?? new Uint8Array()],
    ({ probes }, blocks) => {
      for (const block of blocks) probes[block] = 1;
    },
  );
  const recorded = new Map<string, string[]>();
  for (const [specifier, { code, blocks }] of codes) {
    const bytes = registry[findMetadata(code) ?? ''];
    if (bytes === undefined) continue;
    const executed = blocks.filter((_, index) => bytes[index] === 1);
    recorded.set(
      specifier,
      executed.map(({ fingerprint }) => fingerprint.toString('hex')),
    );
  }
  return { log, recorded };
}

function probed(all: Modules): Map<string, Probed> | null {
  const codes = new Map<string, Probed>();
  for (const [specifier, text] of texts(all)) {
    const one = probeIfParsed(text, { path: specifier });
    if (one === null) return null;
    codes.set(specifier, one);
  }
  return codes;
}

function isEdited(before: Modules, after: Modules): boolean {
  return [...texts(before).values()].join() !== [...texts(after).values()].join();
}

describe('modules whose exports are added, removed, moved and renamed', () => {
  test('do the same where nothing that was recorded is affected', () => {
    let unaffected = 0;
    fc.assert(
      fc.property(modules, change, fc.nat(9), (before, edit, where) => {
        const after: Modules =
          where === 0
            ? { ...before, index: edit(before.index) }
            : where < 3
              ? { ...before, more: edit(before.more) }
              : { ...before, lib: edit(before.lib) };
        const old = probed(before);
        const now = probed(after);
        fc.pre(old !== null && now !== null && isEdited(before, after));
        const { log, recorded } = observe(old);
        const isAffected = [...recorded].some(([specifier, blocks]) => {
          const there = new Set(
            now.get(specifier)?.blocks.map((one) => one.fingerprint.toString('hex')),
          );
          return blocks.some((block) => !there.has(block));
        });
        fc.pre(!isAffected);
        unaffected += 1;
        expect([[...texts(after).values()], observe(now).log]).toEqual([
          [...texts(after).values()],
          log,
        ]);
      }),
      { ...search, maxSkipsPerRun: 1000 },
    );
    expect(unaffected).toBeGreaterThan(search.numRuns / 2);
  });
});
