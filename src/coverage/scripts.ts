import * as zlib from 'node:zlib';
import type { ScriptFunction, ScriptRange } from '../blocks/v8-coverage';

/** A function as V8's precise coverage tells it. */
export interface CountedFunction extends ScriptFunction {
  functionName: string;
  isBlockCoverage: boolean;
  ranges: ScriptRange[];
}

/** What V8 counted in one file while a test file ran. */
export interface CountedFile {
  /** The hash of the text that the offsets are of. */
  text: string;
  /** Whether that text is an output of Jest's transform. Otherwise it is the file itself. */
  isTransformed: boolean;
  /** How many characters Jest 29 puts before that text. Null where Jest tells nothing of it. */
  wrapperLength: number | null;
  /** The functions of each script: a test file can load a file more than once. */
  scripts: CountedFunction[][];
}

/** No file is larger when it is unpacked. */
const MAX_UNPACKED_BYTES = 256 << 20;

type PackedFunction = [name: string, isBlockCoverage: 0 | 1, ...ranges: number[]];

interface Packed {
  text: string;
  isTransformed: boolean;
  wrapperLength: number | null;
  scripts: PackedFunction[][];
}

/** Packs the counts of a file. All of them are kept: what a report tells as a branch depends on which of them are equal. */
export function packScripts({ scripts, ...file }: CountedFile): Buffer {
  const packed: Packed = { ...file, scripts: scripts.map((functions) => functions.map(pack)) };
  return zlib.deflateRawSync(JSON.stringify(packed));
}

/** @throws For anything else than what was packed. */
export function unpackScripts(packed: Uint8Array): CountedFile {
  const text = zlib.inflateRawSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString();
  const { scripts, ...file } = JSON.parse(text) as Packed;
  return { ...file, scripts: scripts.map((functions) => functions.map(unpack)) };
}

function pack({ functionName, isBlockCoverage, ranges }: CountedFunction): PackedFunction {
  const numbers: number[] = [];
  let last = 0;
  for (const { startOffset, endOffset, count } of ranges) {
    numbers.push(startOffset - last, endOffset - startOffset, count);
    last = startOffset;
  }
  return [functionName, isBlockCoverage ? 1 : 0, ...numbers];
}

function unpack([functionName, isBlockCoverage, ...numbers]: PackedFunction): CountedFunction {
  const ranges: ScriptRange[] = [];
  let last = 0;
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const [start = NaN, length = NaN, count = NaN] = numbers.slice(at, at + NUMBERS);
    last += start;
    ranges.push({ startOffset: last, endOffset: last + length, count });
  }
  return { functionName, ranges, isBlockCoverage: isBlockCoverage === 1 };
}

/** Of each range. */
const NUMBERS = 3;
