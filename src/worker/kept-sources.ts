import fs from 'node:fs';
import path from 'node:path';
import { shortHash } from '../dependencies/content';
import { realPath } from '../dependencies/paths';
import type { OtherSources } from './other-sources';

/**
 * What stands of other files in the output of a file that has no probes to carry it, as under coverage: kept beside
 * Jest's cache of the output, from which other processes take the output later. Whatever was found at any time for
 * one content of a file counts.
 */

/** Absolute paths: of files whose content stands in an output, of folders listed for it, and of what was looked for. */
export type KeptSources = Pick<OtherSources, 'inlined' | 'listed' | 'missing'>;

/** A source that was transformed. */
export interface TransformedFile {
  /** Jest's, where its cache is. */
  cacheDirectory: string;
  /** Absolute path. */
  file: string;
  /** The git blob hash of its content. */
  contentHash: string;
}

/** What this process knows of one content of a file. */
interface Kept {
  folder: string;
  /** Found by this process, whether it could be written or not, by the text of it. */
  found: Map<string, KeptSources>;
  /** Found by others before this process had the output from Jest's cache; null until it is asked for. */
  read: readonly KeptSources[] | null;
}

const known = new Map<string, Kept>();

/** Notes it for all processes that use this cache. */
export function keepSources(transformed: TransformedFile, sources: KeptSources): void {
  const { folder, found } = keptOf(transformed);
  const text = JSON.stringify(sources);
  found.set(text, sources);
  try {
    fs.mkdirSync(folder, { recursive: true });
    // By its own hash: what another process notes of this file at the same time stays beside it.
    const place = path.join(folder, `${shortHash(text)}.json`);
    const unfinished = `${place}.${process.pid}`;
    fs.writeFileSync(unfinished, text);
    fs.renameSync(unfinished, place);
  } catch {
    // Jest's own cache is in no better state, so that whoever needs the output makes it anew.
  }
}

/** All that was noted of a file. Asked for each test file that loads it, and looked up once. */
export function keptSources(transformed: TransformedFile): KeptSources {
  const kept = keptOf(transformed);
  kept.read ??= readAll(kept.folder);
  const all = [...kept.found.values(), ...kept.read];
  const unite = (names: (of: KeptSources) => readonly string[]) => [...new Set(all.flatMap(names))];
  return {
    inlined: unite(({ inlined }) => inlined),
    listed: unite(({ listed }) => listed),
    missing: unite(({ missing }) => missing),
  };
}

function keptOf({ cacheDirectory, file, contentHash }: TransformedFile): Kept {
  const key = `${cacheDirectory}\0${file}\0${contentHash}`;
  let kept = known.get(key);
  if (kept === undefined) {
    const name = shortHash(`${realPath(file)}\0${contentHash}`);
    kept = {
      folder: path.join(cacheDirectory, 'testmon-sources', name),
      found: new Map(),
      read: null,
    };
    known.set(key, kept);
  }
  return kept;
}

function readAll(folder: string): KeptSources[] {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => asSources(fs.readFileSync(path.join(folder, name), 'utf8')));
  } catch {
    // Nearly every file has none.
    return [];
  }
}

/** Nothing for a text that is none of ours. */
function asSources(text: string): KeptSources {
  try {
    const { inlined, listed, missing } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    return { inlined: paths(inlined), listed: paths(listed), missing: paths(missing) };
  } catch {
    return { inlined: [], listed: [], missing: [] };
  }
}

function paths(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((name): name is string => typeof name === 'string' && path.isAbsolute(name))
    : [];
}
