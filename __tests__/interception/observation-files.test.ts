import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { encodeObservation } from '../../src/interception/children/observation';
import { ObservationFiles } from '../../src/interception/children/observation-files';
import { unwatched } from '../../src/interception/observer';

const NAME = 'seen-1-0-1.jsonl';
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-observations-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const line = (name: string): string => encodeObservation({ at: 1, what: 'read', name, value: '' });
const append = (text: string, name = NAME): void =>
  fs.appendFileSync(path.join(folder, name), text);
const read = (files: ObservationFiles): string[] =>
  Array.from(files.added(folder, fs.readdirSync(folder)), ({ observations }) =>
    observations.map(({ name }) => name),
  ).flat();

describe('the files of observations', () => {
  test('are read in whole lines, each once', () => {
    const files = new ObservationFiles();
    append(line('a') + line('b').slice(0, 5));
    expect(read(files)).toEqual(['a']);
    expect(read(files)).toEqual([]);
    append(line('b').slice(5) + line('ä'));
    append(line('c'), 'seen-2-0-1.jsonl');
    append(line('d'), 'coverage-1.json');
    expect(read(files)).toEqual(['b', 'ä', 'c']);
    expect(read(files)).toEqual([]);
  });

  test('are not read from their beginning each time', () => {
    const bytes = jest.spyOn(unwatched, 'readSync');
    const whole = jest.spyOn(unwatched, 'readFileSync');
    const files = new ObservationFiles();
    for (let child = 0; child < 100; child += 1) {
      append(line(`/project/${'x'.repeat(1000)}/${child}`));
      expect(read(files)).toHaveLength(1);
    }
    const sum = bytes.mock.results.reduce((all, { value }) => all + Number(value), 0);
    expect(sum).toBe(fs.statSync(path.join(folder, NAME)).size);
    expect(whole).not.toHaveBeenCalled();
    bytes.mockRestore();
    whole.mockRestore();
  });
});
