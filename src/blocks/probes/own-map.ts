import { encode, type SourceMapLine, type SourceMapMappings } from '@jridgewell/sourcemap-codec';
import { Shifts, type Insertion } from './insertions';
import { ENGINE_BREAK, lineStarts } from '../syntax/lines';
import type { PlainMap } from './source-map';

/** For each ASCII character: part of a word, white space, or another sign (0). */
const [WORD, SPACE] = [1, 2];
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[\w$]/.test(character)) return WORD;
  return /\s/.test(character) ? SPACE : 0;
});

/**
 * Returns the map from a text with insertions to the text without them. It is for code whose transformer returned no
 * map, and for code that no transformer changed.
 * @param insertions In ascending order of their offsets.
 * @param filename Absolute path. It is the only source of the map.
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
      // A stack trace points to the start of a word or to a sign.
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
