import { readMap, type SourceMap } from './source-map';

/** A source map that a text contains in its last comment. */
export interface InlineMap {
  map: SourceMap;
  /** Where the comment starts. */
  start: number;
  end: number;
}

const COMMENT = /\/\/[#@][ \t]+sourceMappingURL=(\S+)[ \t]*/g;
const DATA_URL = /^data:(?:application|text)\/json(?:;[\w-]+=[^;,]*)*(;base64)?,(.*)$/;

/**
 * Finds the source map inside a text.
 * @param from Offset of the end of the last statement. Before it, text that looks like the comment may be a string.
 * @returns Null if there is no source map, or none that can be read.
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
 * Returns the file that a text names as its source map, as the text names it. A caller that can read files may pass
 * its content to `insertProbes` as `map`. Without the map, stack traces show positions in the compiled text.
 */
export function findMapReference(code: string): string | null {
  const comment = lastComment(code, code.lastIndexOf('\n//') + 1);
  return comment === null || comment.url.startsWith('data:') ? null : comment.url;
}

/** Returns the comment that contains a map. */
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
