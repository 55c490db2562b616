import type { Form } from '../syntax/parse';

/** Written first. With it, a version of this package recognizes that another version wrote a text. */
const FORMAT_VERSION = 1;

/** What the probes of a file say about the file. They say it once, when the file is loaded. */
export interface ProbeMetadata {
  /** Path of the file, as the caller passed it. */
  path: string;
  contentHash: string;
  /** `node` if Node runs the source directly. */
  form: Form | 'node';
  /** Eight bytes for each block, in tree order. */
  fingerprints: Buffer;
  /** The locations of the blocks in the source: see `decodeLocations`. */
  places: string;
  /** Additional data of the caller. */
  extras?: unknown;
}

/** Returns the text that the prelude registers. It is JSON, so it can be used as a property name. */
export function encodeMetadata(metadata: ProbeMetadata): string {
  const { path, contentHash, form, fingerprints, places, extras } = metadata;
  const fields = [FORMAT_VERSION, path, contentHash, form, fingerprints.toString('base64'), places];
  return JSON.stringify(extras === undefined ? fields : [...fields, extras]);
}

/**
 * Reads what `encodeMetadata` wrote.
 * @throws {Error} If the text does not have this format version.
 */
export function decodeMetadata(text: string): ProbeMetadata {
  const fields = parsed(text);
  if (!Array.isArray(fields) || fields[0] !== FORMAT_VERSION) throw foreign(text);
  const [, path, contentHash, form, fingerprints, places, extras] = fields as unknown[];
  if (
    typeof path !== 'string' ||
    typeof contentHash !== 'string' ||
    (form !== 'commonjs' && form !== 'module' && form !== 'node') ||
    typeof fingerprints !== 'string' ||
    typeof places !== 'string'
  ) {
    throw foreign(text);
  }
  const metadata: ProbeMetadata = {
    path,
    contentHash,
    form,
    fingerprints: Buffer.from(fingerprints, 'base64'),
    places,
  };
  if (extras !== undefined) metadata.extras = extras;
  return metadata;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text only looks like metadata.
    return null;
  }
}

function foreign(text: string): Error {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new Error(
    `This is not probe metadata of format ${FORMAT_VERSION}, maybe another version of jest-testmon wrote it: ${shown}`,
  );
}
