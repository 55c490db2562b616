import { encode, type SourceMapLine, type SourceMapMappings } from '@jridgewell/sourcemap-codec';
import { Shifts, type Insertion } from './insertions';
import { ENGINE_BREAK, lineStarts } from '../syntax/lines';
import type { PlainMap } from './source-map';

/** Per ASCII character, whether it is part of a word, white space, or else a sign. */
const [WORD, SPACE] = [1, 2];
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[\w$]/.test(character)) return WORD;
  return /\s/.test(character) ? SPACE : 0;
});

/**
 * The map from a text with insertions to the text without: for code whose transformer gave no map, and for code that
 * no transformer touched.
 * @param insertions By ascending offset.
 * @param filename Absolute path, the map's only source.
 */
export function ownMap(code: string, insertions: readonly Insertion[], filename: string): PlainMap {
  const starts = lineStarts(code, ENGINE_BREAK);
  const shifts = new Shifts(starts, insertions);
  const mappings: SourceMapMappings = [];
  for (const [line, start] of starts.entries()) {
    const text = code.slice(start, starts[line + 1]);
    const segments: SourceMapLine = [];
    let previous = SPACE;
    for (let at = 0; at < text.length; at += 1) {
      const kind = KINDS[text.charCodeAt(at)] ?? WORD;
      // A stack trace points at the start of a word or at a sign.
      const isStart = kind !== SPACE && !(kind === WORD && previous === WORD);
      previous = kind;
      if (isStart) segments.push([shifts.column(line, at), 0, line, at]);
    }
    mappings.push(segments);
  }
  return {
    version: 3,
    file: filename,
    sources: [filename],
    names: [],
    mappings: encode(mappings),
  };
}
