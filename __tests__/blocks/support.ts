import { createHash } from 'node:crypto';
import * as vm from 'node:vm';
import {
  BlocksError,
  decodeMetadata,
  findMetadata,
  insertProbes,
  readBlocks,
  REGISTRY,
  type Form,
  type Probed,
  type ProbeOptions,
} from '../../src/blocks';

export const ROOT = '/home/someone/project';

export function probe(code: string, options: Partial<ProbeOptions> = {}): Probed {
  return insertProbes(code, {
    form: 'commonjs',
    root: ROOT,
    path: 'src/file.js',
    filename: `${ROOT}/src/file.js`,
    contentHash: createHash('sha1').update(code).digest('hex'),
    ...options,
  });
}

/** As `probe`; null for what is not JavaScript that can be parsed. */
export function probeIfParsed(code: string, options: Partial<ProbeOptions> = {}): Probed | null {
  try {
    return probe(code, options);
  } catch (error) {
    if (error instanceof BlocksError) return null;
    throw error;
  }
}

/** What running a CommonJS text did: what it logged, and what it threw. */
export interface Ran {
  log: string[];
  threw: string | null;
  global: Record<string, unknown>;
}

/** Runs a text as Jest would, in a context of its own, with a `log` function. */
export function run(code: string, prepare = ''): Ran {
  const log: string[] = [];
  const global = vm.createContext({
    log: (...values: unknown[]) => log.push(values.map(shown).join(' ')),
  });
  vm.runInContext(prepare, global);
  let threw: string | null = null;
  try {
    const wrapped = `(function (module, exports, require) {${code}\n})`;
    const start = vm.runInContext(wrapped, global, { filename: 'file.js' }) as (
      ...values: unknown[]
    ) => void;
    start.call({}, { exports: {} }, {}, () => ({}));
  } catch (error) {
    threw = String(error);
  }
  return { log, threw, global: global };
}

function shown(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** What a program can tell of a value without a look at the text of its functions; reading it may throw. */
export function toldOf(value: unknown): string {
  try {
    if (typeof value === 'function') return `function ${value.name}/${value.length}`;
    return typeof value === 'object' ? JSON.stringify(value) : `${value as number}`;
  } catch (error) {
    return String(error);
  }
}

/** The blocks that ran, as `kind text`, in tree order. */
export function executed(code: string): string[] {
  const { code: probed, blocks } = probe(code);
  const bytes = executedBytes(run(probed), probed);
  return blocks.flatMap(({ kind, start, end }, index) =>
    bytes[index] === 1 ? [kind === 'module' ? kind : `${kind} ${code.slice(start, end)}`] : [],
  );
}

/** One byte per block after a run. */
export function executedBytes({ global }: Ran, probed: string): Uint8Array {
  const registry = global[REGISTRY] as Record<string, Uint8Array>;
  const bytes = registry[findMetadata(probed) ?? ''];
  if (bytes === undefined) throw new Error('The probed code registered nothing.');
  return bytes;
}

/** Fingerprints by hexadecimal digits, in tree order. */
export function fingerprints(code: string, form: Form = 'commonjs', root = ROOT): string[] {
  return readBlocks(code, { form, root }).map(({ fingerprint }) => fingerprint.toString('hex'));
}

/** The blocks, as `kind text`, whose fingerprints the second text does not have. */
export function changed(before: string, after: string): string[] {
  const now = new Set(fingerprints(after));
  return readBlocks(before, { form: 'commonjs', root: ROOT }).flatMap(
    ({ kind, start, end, fingerprint }) =>
      now.has(fingerprint.toString('hex'))
        ? []
        : [kind === 'module' ? kind : `${kind} ${before.slice(start, end)}`],
  );
}

export function metadataOf(code: string) {
  const text = findMetadata(code);
  if (text === null) throw new Error('There is no metadata.');
  return decodeMetadata(text);
}
