import { createHash } from 'node:crypto';
import { decodeFootprint, encodeFootprint, type IdFootprint } from '../records/footprint';
import type { Dependency, TestOutcome } from '../records/types';
import { asJournalLine } from './journal-checks';

/**
 * A worker's journal is a text file of lines `<length> <checksum> <json>`. A line is complete or ignored, and a
 * test file counts only once its `end` line is there. Versions and dependencies are written once per journal and
 * referred to by number. The controller keeps one of verdicts.
 */
export type JournalLine =
  | JournalNames
  | { type: 'start'; environmentId: number; path: string; at: number }
  | JournalEnd
  | JournalVerdict
  | JournalConclusion;

/**
 * What is met for the first time, before the line that refers to it: the metadata strings that probed files carry, and
 * dependencies, each numbered from a first number on.
 */
export interface JournalNames {
  type: 'names';
  firstVersion: number;
  versions: string[];
  firstDependency: number;
  dependencies: Dependency[];
}

/**
 * Room for what is met for the first time.
 * @param versions How many were named before.
 * @param dependencies How many were named before.
 */
export function namesAfter(versions: number, dependencies: number): JournalNames {
  return {
    type: 'names',
    firstVersion: versions + 1,
    versions: [],
    firstDependency: dependencies + 1,
    dependencies: [],
  };
}

/** How Jest says that a test file came out. It sees crashes, leaks and obsolete snapshots, of which no worker knows. */
export interface JournalVerdict {
  type: 'verdict';
  environmentId: number;
  path: string;
  at: number;
  passed: boolean;
}

/**
 * Whose passes do not count, though Jest said so: its process came to an end that may be their doing. `inBand`: of what
 * ran in that process, where a late timer of one test file can end it while another runs.
 */
export type Distrust = 'nobody' | 'inBand' | 'everybody';

/** How a run came to its end that could not be committed. */
export interface JournalConclusion {
  type: 'concluded';
  at: number;
  distrust: Distrust;
}

/**
 * What was executed and used, by the numbers of versions and dependencies, which count from 1: encoded as in the
 * database, and that in base64. Hundreds of values for each test would take many times as long to read one by one.
 */
export interface JournalFootprint {
  blocks: string;
  dependencies: string;
}

export interface JournalTest extends JournalFootprint {
  name: string[];
  ordinal: number;
  outcome: TestOutcome;
  duration: number;
}

/** One test file, run to its end. */
export interface JournalEnd {
  type: 'end';
  environmentId: number;
  path: string;
  at: number;
  outcome: 'passed' | 'failed';
  complete: boolean;
  duration: number;
  shared: JournalFootprint;
  tests: JournalTest[];
  /** Set when tests were skipped because a record showed them unaffected. */
  skippedUnaffected?: number;
}

/** @param numbered With the journal's numbers in the place of row ids. */
export function asJournalFootprint(numbered: IdFootprint): JournalFootprint {
  const { blocks, dependencies } = encodeFootprint(numbered);
  return { blocks: blocks.toString('base64'), dependencies: dependencies.toString('base64') };
}

/** @returns Null for what is no encoding. */
export function fromJournalFootprint(footprint: JournalFootprint): IdFootprint | null {
  try {
    return decodeFootprint({
      blocks: Buffer.from(footprint.blocks, 'base64'),
      dependencies: Buffer.from(footprint.dependencies, 'base64'),
    });
  } catch {
    return null;
  }
}

/** One line, ready to append. */
export function encodeLine(line: JournalLine): string {
  const json = JSON.stringify(line);
  return `${Buffer.byteLength(json)} ${checksum(json)} ${json}\n`;
}

/**
 * Every complete line of a journal, in order; stops at the first that is torn or damaged. One that is sound but cannot
 * be ours is passed over.
 * @param chunks The journal's bytes, in parts of any size: a whole run's need not be in memory at once. Each must stand
 * until the next is asked for.
 */
export function* decodeJournal(chunks: Iterable<Buffer>): Generator<JournalLine> {
  for (const line of linesOf(chunks)) {
    const [head, length, sum] = HEAD.exec(line.toString('latin1', 0, LONGEST_HEAD)) ?? [];
    if (head === undefined) return;
    const json = line.subarray(head.length);
    if (json.length !== Number(length) || checksum(json) !== sum) return;
    let value: unknown;
    try {
      value = JSON.parse(json.toString());
    } catch {
      return;
    }
    const known = asJournalLine(value);
    if (known !== null) yield known;
  }
}

/** What stands before a line's JSON. */
const HEAD = /^(\d{1,9}) ([0-9a-f]{8}) /;
const LONGEST_HEAD = 19;

/** The lines that have an end, without it. */
function* linesOf(chunks: Iterable<Buffer>): Generator<Buffer> {
  let begun: Buffer[] = [];
  for (const chunk of chunks) {
    let at = 0;
    for (let end; (end = chunk.indexOf(NEW_LINE, at)) >= 0; at = end + 1) {
      const part = chunk.subarray(at, end);
      yield begun.length === 0 ? part : Buffer.concat([...begun, part]);
      begun = [];
    }
    // The chunk's memory may be used again.
    if (at < chunk.length) begun.push(Buffer.from(chunk.subarray(at)));
  }
}

const NEW_LINE = 0x0a;

function checksum(json: string | Buffer): string {
  return createHash('sha1').update(json).digest('hex').slice(0, 8);
}
