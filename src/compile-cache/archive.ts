/** The compiled code of one module. */
export interface CompiledModule {
  /** CRC-32 of the module's source text. V8 itself compares only the length of the source. */
  source: number;
  /** The cached data, as `vm.Script.createCachedData` returns it. Empty if Node must compile the module itself. */
  code: Buffer;
}

/** Returns the CRC-32 of bytes, or of a text in UTF-8. */
export type Checksum = (data: Buffer | string) => number;

/** One entry of an archive's index: file, checksum of its source, length of its code in bytes, checksum of its code. */
type Entry = [file: string, source: number, length: number, code: number];

/** Identifies the format. Change it together with the archive format or with the rules of which modules are kept. */
const MAGIC = 0x746d_6302;
const HEADER_BYTES = 12;

/**
 * Joins compiled modules into the content of one file.
 *
 * Every module gets a checksum, because V8 would run cached data that has a flipped bit.
 * @param modules By absolute path of the module.
 */
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
  const lengths = Buffer.alloc(HEADER_BYTES);
  lengths.writeUInt32LE(MAGIC, 0);
  lengths.writeUInt32LE(head.length, 4);
  lengths.writeUInt32LE(checksum(head), 8);
  return Buffer.concat([lengths, head, ...codes]);
}

/** Reads a part of an archive. Returns fewer bytes, or none, if the archive ends before. */
export type ReadPart = (start: number, length: number) => Buffer;

/**
 * Reads an archive. The index is read at once, and each module when it is asked for. Damaged modules count as
 * missing.
 */
export class Archive {
  readonly #read: ReadPart;
  readonly #checksum: Checksum;
  readonly #close: () => void;
  readonly #places = new Map<string, { start: number; entry: Entry }>();

  /**
   * @param read Reads from the file that holds the archive.
   * @param close Closes that file.
   * @throws {SyntaxError} If the index has a valid checksum and is not JSON.
   */
  constructor(read: ReadPart, checksum: Checksum, close: () => void = () => undefined) {
    this.#read = read;
    this.#checksum = checksum;
    this.#close = close;
    const lengths = read(0, HEADER_BYTES);
    if (lengths.length < HEADER_BYTES || lengths.readUInt32LE(0) !== MAGIC) return;
    const head = read(HEADER_BYTES, lengths.readUInt32LE(4));
    if (checksum(head) !== lengths.readUInt32LE(8)) return;
    let start = HEADER_BYTES + head.length;
    for (const entry of JSON.parse(head.toString()) as Entry[]) {
      this.#places.set(entry[0], { start, entry });
      start += entry[2];
    }
  }

  /** The files that have an entry. */
  files(): Iterable<string> {
    return this.#places.keys();
  }

  /** The size of a file's cached data, in bytes. Zero if the file has no entry. */
  sizeOf(file: string): number {
    return this.#places.get(file)?.entry[2] ?? 0;
  }

  /** Returns the cached module of a file, or null if there is none or its data is damaged. */
  get(file: string): CompiledModule | null {
    const place = this.#places.get(file);
    if (place === undefined) return null;
    const [, source, length, checksum] = place.entry;
    const code = this.#read(place.start, length);
    return code.length === length && this.#checksum(code) === checksum ? { source, code } : null;
  }

  /** Closes the file behind the archive, which cannot be read afterwards. */
  close(): void {
    this.#close();
  }
}
