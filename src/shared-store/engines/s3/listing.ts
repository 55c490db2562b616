import { SharedStoreError } from '../../engine';

/** One page of what a bucket lists. */
export interface ListingPage {
  objects: { key: string; bytes: number }[];
  /** Whether there is more after the last of them. */
  isTruncated: boolean;
}

const ROOT = 'ListBucketResult';
const OBJECT = `${ROOT}/Contents`;
/** One piece of the little XML that such an answer is made of: a declaration, a tag, or text. */
const PIECE = /<\?xml [^<>]*\?>|<(\/?)([\w:]+)((?:\s+[\w:]+\s*=\s*"[^"<]*")*)\s*(\/?)>|([^<]+)/y;

/**
 * Reads the answer to ListObjectsV2. No more of XML is understood than S3 and its like send: no document type, so no
 * entities of its own either.
 * @throws {SharedStoreError} `refused` for anything else.
 */
export function readListing(xml: string): ListingPage {
  const page: ListingPage = { objects: [], isTruncated: false };
  let isEncoded = false;
  let key: string | null = null;
  let bytes: number | null = null;
  for (const { path, text } of leaves(xml)) {
    if (path === `${ROOT}/IsTruncated`) page.isTruncated = text.trim() === 'true';
    else if (path === `${ROOT}/EncodingType`) isEncoded = text.trim() === 'url';
    else if (path === `${OBJECT}/Key`) key = text;
    else if (path === `${OBJECT}/Size`) bytes = sizeOf(text);
    else if (path === OBJECT) {
      if (key === null || bytes === null) throw noListing();
      page.objects.push({ key, bytes });
      key = bytes = null;
    }
  }
  // The encoding may be named after the keys that it is about.
  if (isEncoded) for (const object of page.objects) object.key = decodeKey(object.key);
  return page;
}

/** The elements of a document as each ends, with the text that stands in them. */
function* leaves(xml: string): Generator<{ path: string; text: string }> {
  const open: { path: string; text: string }[] = [];
  let roots = 0;
  PIECE.lastIndex = xml.startsWith('\uFEFF') ? 1 : 0;
  while (PIECE.lastIndex < xml.length) {
    const found = PIECE.exec(xml);
    if (found === null) throw noListing();
    const [, closing, name, , single, text] = found;
    const parent = open.at(-1);
    if (text !== undefined) {
      if (parent !== undefined) parent.text += decodeEntities(text);
      else if (text.trim() !== '') throw noListing();
    } else if (name !== undefined) {
      const path = parent === undefined ? name : `${parent.path}/${name}`;
      if (closing === '/') {
        if (parent === undefined || !`/${parent.path}`.endsWith(`/${name}`)) throw noListing();
        open.pop();
        yield parent;
      } else if (single === '/') yield { path, text: '' };
      else if (parent !== undefined || (roots++ === 0 && name === ROOT))
        open.push({ path, text: '' });
      else throw noListing();
    }
  }
  if (roots !== 1 || open.length > 0) throw noListing();
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));|&/g, (_, decimal, hex, name) => {
    const code = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal);
    const decoded =
      name === undefined
        ? code <= 0x10ffff
          ? String.fromCodePoint(code)
          : undefined
        : ENTITIES[String(name)];
    if (decoded === undefined) throw noListing();
    return decoded;
  });
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    // No key of ours: whatever it is, it is left alone.
    return key;
  }
}

function sizeOf(text: string): number {
  const size = /^\s*(\d{1,15})\s*$/.exec(text)?.[1];
  if (size === undefined) throw noListing();
  return Number(size);
}

function noListing(): SharedStoreError {
  return new SharedStoreError('refused', 'what it answered is no listing of a bucket');
}
