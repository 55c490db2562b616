/** What V8 made of one module's text. */
export interface CompiledModule {
  /** CRC-32 of the text: V8 itself compares no more than its length. */
  source: number;
  /** As `vm.Script.createCachedData` gives it; empty where Node is to compile the module itself. */
  code: Buffer;
}

/** CRC-32 of bytes, or of a text in UTF-8. */
export type Checksum = (data: Buffer | string) => number;

/** One entry of an archive's head: file, checksum of its text, length and checksum of its code. */
type Entry = [file: string, source: number, length: number, code: number];

/** Changes with the form of an archive, and with the rules of what is kept. */
const MAGIC = 0x746d_6302;
const LENGTHS = 12;

/** Joins compiled modules into one file's content, each with a checksum: V8 would run a code with a flipped bit. */
export function encodeArchive(
  modules: ReadonlyMap<string, CompiledModule>,
  checksum: Checksum,
): Buffer {
  const entries: Entry[] = [];
  const codes: Buffer[] = [];
  for (const [file, { source, code }] of modules) {
    entries.push([file, source, code.length, checksum(code)]);
    codes.push(code);
  }
  const head = Buffer.from(JSON.stringify(entries));
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32LE(MAGIC, 0);
  lengths.writeUInt32LE(head.length, 4);
  lengths.writeUInt32LE(checksum(head), 8);
  return Buffer.concat([lengths, head, ...codes]);
}

/** Reads an archive. What is damaged is not among the modules that it gives. */
export class Archive {
  readonly #bytes: Buffer;
  readonly #checksum: Checksum;
  readonly #places = new Map<string, { start: number; entry: Entry }>();

  constructor(bytes: Buffer, checksum: Checksum) {
    this.#bytes = bytes;
    this.#checksum = checksum;
    let start = LENGTHS;
    for (const entry of headOf(bytes, checksum)) {
      if (start === LENGTHS) start += bytes.readUInt32LE(4);
      this.#places.set(entry[0], { start, entry });
      start += entry[2];
    }
  }

  /** The files of which it has something. */
  files(): Iterable<string> {
    return this.#places.keys();
  }

  /** What it has of a file; null where that is nothing, or damaged. */
  get(file: string): CompiledModule | null {
    const place = this.#places.get(file);
    if (place === undefined) return null;
    const [, source, length, checksum] = place.entry;
    const code = this.#bytes.subarray(place.start, place.start + length);
    return code.length === length && this.#checksum(code) === checksum ? { source, code } : null;
  }
}

function headOf(bytes: Buffer, checksum: Checksum): Entry[] {
  if (bytes.length < LENGTHS || bytes.readUInt32LE(0) !== MAGIC) return [];
  const head = bytes.subarray(LENGTHS, LENGTHS + bytes.readUInt32LE(4));
  if (checksum(head) !== bytes.readUInt32LE(8)) return [];
  return JSON.parse(head.toString()) as Entry[];
}
