import { createHash } from 'node:crypto';
import type { Dependency, TestOutcome } from '../store/types';
import { asJournalLine } from './journal-checks';

/**
 * A worker's journal is a text file of lines `<length> <checksum> <json>`. A line is complete or ignored, and a
 * test file counts only once its `end` line is there. Blocks and dependencies are written once per journal and
 * referred to by number.
 */
export type JournalLine =
  /** The metadata string that a probed file carries. */
  | { type: 'version'; id: number; metadata: string }
  | { type: 'dependency'; id: number; dependency: Dependency }
  | { type: 'start'; environmentId: number; path: string; at: number }
  | JournalEnd;

/** What was executed and used: pairs of version number and base64 bits, and dependency numbers. */
export interface JournalFootprint {
  blocks: [number, string][];
  dependencies: number[];
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

/** One line, ready to append. */
export function encodeLine(line: JournalLine): string {
  const json = JSON.stringify(line);
  return `${Buffer.byteLength(json)} ${checksum(json)} ${json}\n`;
}

/**
 * Every complete line of a journal, in order; stops at the first that is torn or damaged. One that is sound but cannot
 * be ours is passed over.
 */
export function decodeJournal(content: Buffer): JournalLine[] {
  const lines: JournalLine[] = [];
  let at = 0;
  while (at < content.length) {
    const end = content.indexOf(0x0a, at);
    if (end < 0) break;
    const text = content.toString('utf8', at, end);
    const match = /^(\d{1,9}) ([0-9a-f]{8}) (.*)$/s.exec(text);
    const json = match?.[3];
    if (
      json === undefined ||
      Buffer.byteLength(json) !== Number(match?.[1]) ||
      checksum(json) !== match?.[2]
    )
      break;
    try {
      const line = asJournalLine(JSON.parse(json));
      if (line !== null) lines.push(line);
    } catch {
      break;
    }
    at = end + 1;
  }
  return lines;
}

function checksum(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 8);
}
