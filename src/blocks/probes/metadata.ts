import type { Form } from '../syntax/parse';

/** Written first, so that other versions of this package can tell that a text is not theirs. */
const FORMAT_VERSION = 1;

/** What a file's probes say about it, once, when it is loaded. */
export interface ProbeMetadata {
  /** Path of the file, as the caller gave it. */
  path: string;
  contentHash: string;
  /** `node` where Node runs the file as it is written. */
  form: Form | 'node';
  /** Eight bytes per block, in tree order. */
  fingerprints: Buffer;
  /** Where the blocks stand in the source: see `decodePlaces`. */
  places: string;
  /** Anything else that the caller wanted carried. */
  extras?: unknown;
}

/** The one text that the prelude registers: JSON, so that it can be a property name. */
export function encodeMetadata(metadata: ProbeMetadata): string {
  const { path, contentHash, form, fingerprints, places, extras } = metadata;
  const fields = [FORMAT_VERSION, path, contentHash, form, fingerprints.toString('base64'), places];
  return JSON.stringify(extras === undefined ? fields : [...fields, extras]);
}

/**
 * Reads what `encodeMetadata` wrote.
 * @throws {Error} Where the text is not of this format version.
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
