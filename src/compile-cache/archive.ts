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

/** Some bytes of an archive; fewer, or none, where it ends before. */
export type ReadPart = (start: number, length: number) => Buffer;

/** Reads an archive, each part when it is asked for. What is damaged is not among the modules that it gives. */
export class Archive {
  readonly #read: ReadPart;
  readonly #checksum: Checksum;
  readonly #close: () => void;
  readonly #places = new Map<string, { start: number; entry: Entry }>();

  /** @param close Lets go of what is read from. */
  constructor(read: ReadPart, checksum: Checksum, close: () => void = () => undefined) {
    this.#read = read;
    this.#checksum = checksum;
    this.#close = close;
    const lengths = read(0, LENGTHS);
    if (lengths.length < LENGTHS || lengths.readUInt32LE(0) !== MAGIC) return;
    const head = read(LENGTHS, lengths.readUInt32LE(4));
    if (checksum(head) !== lengths.readUInt32LE(8)) return;
    let start = LENGTHS + head.length;
    for (const entry of JSON.parse(head.toString()) as Entry[]) {
      this.#places.set(entry[0], { start, entry });
      start += entry[2];
    }
  }

  /** The files of which it has something. */
  files(): Iterable<string> {
    return this.#places.keys();
  }

  /** Bytes of what it has of a file. */
  sizeOf(file: string): number {
    return this.#places.get(file)?.entry[2] ?? 0;
  }

  /** What it has of a file; null where that is nothing, or damaged. */
  get(file: string): CompiledModule | null {
    const place = this.#places.get(file);
    if (place === undefined) return null;
    const [, source, length, checksum] = place.entry;
    const code = this.#read(place.start, length);
    return code.length === length && this.#checksum(code) === checksum ? { source, code } : null;
  }

  /** Nothing is read from it after this. */
  close(): void {
    this.#close();
  }
}
