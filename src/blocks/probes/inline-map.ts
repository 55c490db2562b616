import { readMap, type SourceMap } from './source-map';

/** A map that a text carries in its last comment. */
export interface InlineMap {
  map: SourceMap;
  /** Where the comment stands. */
  start: number;
  end: number;
}

const COMMENT = /\/\/[#@][ \t]+sourceMappingURL=(\S+)[ \t]*/g;
const DATA_URL = /^data:(?:application|text)\/json(?:;[\w-]+=[^;,]*)*(;base64)?,(.*)$/;

/**
 * The source map inside a text.
 * @param from Offset of the end of the last statement: before it, what looks like the comment may be a string.
 * @returns Null where there is none, or none that can be read.
 */
export function findInlineMap(code: string, from: number): InlineMap | null {
  const comment = lastComment(code, from);
  if (comment === null) return null;
  const [, base64, content = ''] = DATA_URL.exec(comment.url) ?? [];
  if (content === '') return null;
  try {
    const text =
      base64 === undefined
        ? decodeURIComponent(content)
        : Buffer.from(content, 'base64').toString();
    const map = readMap(text);
    return map === null ? null : { map, start: comment.start, end: comment.end };
  } catch {
    // The comment only looks like a source map.
    return null;
  }
}

/**
 * The file that a text says its source map is in, as written there. Whoever can read files may pass its content to
 * `insertProbes` as `map`: without, stack traces end at the text itself.
 */
export function findMapReference(code: string): string | null {
  const comment = lastComment(code, code.lastIndexOf('\n//') + 1);
  return comment === null || comment.url.startsWith('data:') ? null : comment.url;
}

/** The comment that carries a map. */
export function inlineMapComment(map: SourceMap): string {
  const content = Buffer.from(JSON.stringify(map)).toString('base64');
  return `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${content}`;
}

function lastComment(
  code: string,
  from: number,
): { url: string; start: number; end: number } | null {
  COMMENT.lastIndex = from;
  let last: RegExpExecArray | null = null;
  for (let match = COMMENT.exec(code); match !== null; match = COMMENT.exec(code)) last = match;
  if (last === null) return null;
  return { url: last[1] ?? '', start: last.index, end: last.index + last[0].length };
}
